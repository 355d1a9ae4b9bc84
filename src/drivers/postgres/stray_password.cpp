#include "drivers/postgres/stray_password.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

#include "drivers/stray_login.hpp"
#include "model/stray_password.hpp"

namespace dbpool {
namespace {

bool is_uri(std::string_view dsn) {
  return dsn.starts_with("postgresql://") || dsn.starts_with("postgres://");
}

}  // namespace

std::string stray_password_problem(const Dsn& dsn) {
  std::string problem = stray_password_in_dsn(dsn.reveal());
  // A URI needs no more checks: an @ in the name of its database is encoded.
  if (!problem.empty() || is_uri(dsn.reveal())) return problem;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(dsn.reveal().c_str(), nullptr), PQconninfoFree);
  for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    const bool is_database = std::string_view(option->keyword) == "dbname" && option->val != nullptr;
    if (is_database && std::string_view(option->val).find('@') != std::string_view::npos)
      return stray_at_problem;
  }
  return "";
}

}  // namespace dbpool
