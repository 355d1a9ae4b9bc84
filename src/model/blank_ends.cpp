#include "model/blank_ends.hpp"

namespace dbpool {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

std::string_view without_blank_ends(std::string_view text) {
  std::size_t before = 0;
  do {
    before = text.size();
    text = without_ends(text, ascii_blanks);
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (text.ends_with(byte_order_mark)) text.remove_suffix(byte_order_mark.size());
  } while (text.size() != before);
  return text;
}

}  // namespace dbpool
