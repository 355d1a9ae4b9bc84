#pragma once

#include <array>

#include "config/check_dsn.hpp"
#include "config/config.hpp"
#include "config/key_setters.hpp"
#include "config/key_table.hpp"

namespace dbpool {

/// The keys of a kind whose `Options` have a DSN for libpq.
template <typename Options>
constexpr std::array<Key<SourceConfig>, 2> libpq_dsn_keys() {
  using enum Variable;
  return {{
      {"dsn", none, "", "where to connect: a libpq connection string or URI", dsn<&Options::dsn>},
      {"dsn_file", none, "", "instead of dsn: a file that holds it, read again at every connect",
       dsn_file<&Options::dsn>},
  }};
}

/// Checks the DSN that is written in a source or a group of it; a missing one is an error.
inline void check_libpq_dsn(const DsnSource& dsn, const Written& written, Problems& problems) {
  if (!check_dsn(dsn, written, problems, postgres_problem))
    problems.add(written.mapping(), "no DSN; allowed: one of dsn and dsn_file");
}

}  // namespace dbpool
