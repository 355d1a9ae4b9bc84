#pragma once

#include <array>
#include <string_view>
#include <variant>

#include "web/mcp/rpc.hpp"
#include "web/message.hpp"

namespace dbpool::mcp {

/// The two ways in which revisions of the protocol work.
enum class Era {
  legacy,  ///< a client begins with `initialize`; later requests name the revision in a header
  modern,  ///< each request carries its revision and is complete in itself
};

/// The revisions that are spoken, newest first.
inline constexpr std::array<std::string_view, 1> modern_revisions{"2026-07-28"};
inline constexpr std::array<std::string_view, 3> legacy_revisions{"2025-11-25", "2025-06-18", "2025-03-26"};

/// Returns all of them, newest first.
Json revisions_json();

/// Returns the revision that answers a client that initializes with `asked`: the same if it is spoken, else
/// the newest.
std::string_view legacy_revision(const Json& asked);

/// Returns the era of a request, by the revision in its body or its headers; or the refusal of a request
/// whose revision is not spoken, or whose headers contradict its body.
std::variant<Era, RpcError> era_of(const RpcRequest& request, const Request& http);

}  // namespace dbpool::mcp
