#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dbpool {

// Text for a terminal. All are pure.

constexpr std::size_t terminal_width = 80;  ///< columns of an output

/// Whether an output has colours.
enum class Colours { off, on };

/// Returns the text as valid UTF-8 of at most 4,000 bytes and "…", with U+FFFD for each character that could
/// control a terminal or change the direction of the text.
std::string printable(std::string_view text);

/// Returns how many columns printable text takes.
std::size_t columns(std::string_view text);

/// Returns printable text with blanks after it, up to `width` columns; a longer one is returned unchanged.
std::string padded(std::string_view text, std::size_t width);

/// Returns printable text in lines, each with its newline, broken at blanks so that they fit the terminal.
/// `first` stands before the first line, and as many blanks before the others. Does not break a long word.
std::string wrapped(std::string_view first, std::string_view text);

/// Returns a health status, in its colour where there are colours.
std::string painted(std::string_view text, std::string_view status, Colours colours);

}  // namespace dbpool
