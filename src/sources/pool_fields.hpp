#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// A pool in the making: its snapshot, and figures from which others follow.
struct PoolDraft {
  PoolSnapshot snapshot;
  std::string name;
  PoolSnapshot::Count total, max_overflow;
  PoolSnapshot::Count closed, recycled, errors;  ///< of all reasons; of those, for their age; of all types
  bool null_state = false;                       ///< the target reports idle or active as unknown
  std::size_t figures = 0;                       ///< numbers that the target reports
};

/// The member of a pool that a field fills: one of its figures, or the connections closed for one reason or
/// the errors of one type.
using FieldMember =
    std::variant<PoolSnapshot::Count PoolSnapshot::*, PoolSnapshot::Seconds PoolSnapshot::*,
                 PoolSnapshot::Time PoolSnapshot::*, std::optional<bool> PoolSnapshot::*,
                 std::string PoolSnapshot::*, std::string PoolInfo::*, PoolSnapshot::Count PoolDraft::*,
                 std::string PoolDraft::*, CloseReason, ErrorKind>;

/// What the values of a field are, besides its member's type. `state`: connections, where null is unknown.
/// `limit`: a number, where 0 is unlimited. `word`: a short text. `contact`: connected or disconnected.
enum class FieldForm { plain, state, limit, word, contact };

/// A field of a pool that a target may fill, under the name that configurations use.
struct PoolField {
  std::string_view name;
  std::string_view meaning;
  FieldMember member;
  FieldForm form = FieldForm::plain;
  int divisor = 1;  ///< the field's value is divided by it: 1000 for ms
};

/// Returns all fields, which `http_json` and the mapping language share.
std::span<const PoolField> pool_fields();

/// Returns whether a configuration may write the fields `name.…` as a mapping: `closed: {idle: …}`.
bool is_pool_field_group(std::string_view name);

/// Returns the field of that name, such as `idle` or `closed.idle`; nullptr for an unknown name.
const PoolField* find_pool_field(std::string_view name);

// Return the member of a pool that a field names.
template <typename Value>
Value& member_of(PoolDraft& pool, Value PoolSnapshot::*member) {
  return pool.snapshot.*member;
}
template <typename Value>
Value& member_of(PoolDraft& pool, Value PoolInfo::*member) {
  return pool.snapshot.info.*member;
}
template <typename Value>
Value& member_of(PoolDraft& pool, Value PoolDraft::*member) {
  return pool.*member;
}
inline PoolSnapshot::Count& member_of(PoolDraft& pool, CloseReason reason) {
  return pool.snapshot.closed[index_of(reason)];
}
inline PoolSnapshot::Count& member_of(PoolDraft& pool, ErrorKind type) {
  return pool.snapshot.errors[index_of(type)];
}

/// Sets `member` unless it is known already. Returns whether there is a value.
template <typename Value>
bool fill(PoolDraft& pool, std::optional<Value>& member, std::optional<Value> value) {
  if (!value) return false;
  if (member) return true;
  member = std::move(value);
  ++pool.figures;
  return true;
}

/// Returns the snapshot with the figures that follow from others: idle or active from the total and the other
/// one, `unknown` from the rest of the total, and the connections closed and the errors that are left when
/// those of known reasons and types are taken off. Ignores a total that is less than its parts. Where the
/// target reports null for a state, that state stays unknown, since the total may count only the others.
PoolSnapshot finished(PoolDraft pool);

}  // namespace dbpool
