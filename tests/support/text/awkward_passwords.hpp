#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// The pieces of each test password, separated by the characters under test.
inline constexpr std::array<std::string_view, 2> password_pieces{"4711", "Winter"};
inline constexpr std::string_view awkward_characters = "@/,&?#%;:=' \\{}[]+!$";

inline bool shows_piece(std::string_view text) {
  return std::ranges::any_of(password_pieces,
                             [&](auto piece) { return text.find(piece) != std::string_view::npos; });
}

/// Returns passwords with every character at the beginning, in the middle (after digits, which could be a
/// port) and at the end, with every pair of characters in these places, and with every three of those that
/// end a part of a URI.
inline std::vector<std::string> awkward_passwords() {
  std::vector<std::string> several{""};
  for (const char one : awkward_characters) {
    several.emplace_back(1, one);
    for (const char other : awkward_characters) several.push_back({one, other});
  }
  constexpr std::string_view of_uris = "@/,&?#%";
  for (const char one : of_uris) {
    for (const char other : of_uris) {
      for (const char third : of_uris) several.push_back({one, other, third});
    }
  }
  std::vector<std::string> passwords{"4711/Winter?4711@Winter,4711", "4711@Winter/4711?Winter&4711#Winter%",
                                     "4711#Winter/4711@Winter", "4711?user=Winter/4711", "%zz4711@/Winter"};
  for (const std::string& text : several) {
    passwords.push_back(text + "Winter");
    passwords.push_back("4711" + text + "Winter");
    passwords.push_back("Winter" + text + "4711");
    passwords.push_back("Winter" + text);
    passwords.push_back("4711" + text + "Winter" + text + "4711");
  }
  return passwords;
}

inline std::string without_blanks(const std::string& text) {
  const auto begin = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// Returns the text with each `%XX` decoded.
inline std::string decoded(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_hex = [&](std::size_t at) { return at < text.size() && std::isxdigit(text[at]) != 0; };
    const bool encoded = text[i] == '%' && is_hex(i + 1) && is_hex(i + 2);
    result += encoded ? static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)) : text[i];
    if (encoded) i += 2;
  }
  return result;
}

/// Returns whether `read` is the whole password: a URI decodes `%XX`, and an unquoted value loses the blanks
/// at its ends.
inline bool is_wholly(const std::string& password, const std::string& read) {
  return read == password || read == without_blanks(password) || read == decoded(password);
}

}  // namespace dbpool
