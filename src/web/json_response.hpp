#pragma once

#include "exposition/json.hpp"
#include "web/message.hpp"

namespace dbpool {

inline Response json_response(const Json& document, int status = 200) {
  return {status, "application/json", json_text(document)};
}

}  // namespace dbpool
