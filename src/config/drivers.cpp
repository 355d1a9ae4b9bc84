#include "config/drivers.hpp"

#include <algorithm>
#include <array>

#include "config/check_dsn.hpp"
#include "config/key_setters.hpp"
#include "dbpool/drivers/postgres.hpp"

namespace dbpool {
namespace {

using PoolSetting = Key<PoolConfig>;
using enum Variable;

void set_journal_mode(PoolConfig& pool, const Value& value, Problems& problems) {
  if (const auto index = read_word(value, journal_mode_names, problems))
    pool.sqlite.journal_mode = static_cast<JournalMode>(*index);
}

constexpr auto sqlite_keys = std::to_array<PoolSetting>({
    {"create", same, "false", "sqlite only: whether a missing file may be made",
     switched<&SqliteOptions::create>},
    {"journal_mode", same, "keep",
     "sqlite only: keep, wal, delete, truncate, persist, memory or off; keep leaves an existing file as it "
     "is and gives wal to one that this process makes",
     set_journal_mode},
});

/// Returns whether an ODBC connection string names PostgreSQL and holds no password.
bool is_postgres_without_password(const Dsn& odbc) {
  std::string text = odbc.reveal();
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto has = [&text](std::string_view part) { return text.find(part) != std::string::npos; };
  return (has("postgres") || has("psqlodbc")) && !has("pwd") && !has("password");
}

/// The driver's libpq finds the file through the environment alone.
std::string passfile_problem_of_odbc(const Dsn& dsn) {
  return is_postgres_without_password(dsn) ? postgres_passfile_problem(Dsn()) : "";
}

constexpr auto driver_rows = std::to_array<DriverKind>({
    {.name = "sqlite",
     .keys = sqlite_keys,
     .needs_dsn = false,
     .dsn_problem = [](const PoolConfig& pool,
                       const Dsn& dsn) { return sqlite_dsn_problem(dsn, pool.sqlite); },
     .passfile_problem = nullptr},
    {.name = "postgres",
     .keys = {},
     .needs_dsn = true,
     .dsn_problem = [](const PoolConfig&, const Dsn& dsn) { return postgres_problem(dsn); },
     .passfile_problem = postgres_passfile_problem},
    {.name = "odbc",
     .keys = {},
     .needs_dsn = true,
     .dsn_problem = [](const PoolConfig&, const Dsn& dsn) { return odbc_problem(dsn); },
     .passfile_problem = passfile_problem_of_odbc},
});

}  // namespace

std::span<const DriverKind> drivers() {
  return driver_rows;
}

const DriverKind* find_driver(std::string_view name) {
  const auto* const found = std::ranges::find(driver_rows, name, &DriverKind::name);
  return found == driver_rows.end() ? nullptr : found;
}

}  // namespace dbpool
