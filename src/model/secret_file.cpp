#include "model/secret_file.hpp"

#include <fstream>
#include <system_error>

#include "dbpool/model/error.hpp"
#include "model/blank_ends.hpp"

namespace dbpool {
namespace {

constexpr std::size_t largest = 64U << 10U;

}  // namespace

std::string read_secret_file(const std::filesystem::path& file, const std::string& shown) {
  std::error_code ignored;
  // Opening a pipe or a device could block.
  std::ifstream stream;
  if (std::filesystem::is_regular_file(file, ignored)) stream.open(file, std::ios::binary);
  if (!stream.is_open()) throw Error("reading " + shown + ": not a readable file");
  std::string text(largest + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > largest) throw Error("reading " + shown + ": it is too large");
  text = without_blank_ends(text);
  if (text.empty()) throw Error("reading " + shown + ": it is empty");
  return text;
}

}  // namespace dbpool
