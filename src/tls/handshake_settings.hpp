#pragma once

#include <memory>

struct ssl_st;
struct ssl_ctx_st;

namespace dbpool {

class TlsSettings;

/// Returns a context of a server with what never changes: no session is resumed, because it would not be
/// verified again, and none is renegotiated. throws std::bad_alloc.
std::shared_ptr<ssl_ctx_st> new_context();

/// Applies the settings to a connection, which keeps them.
void choose(std::shared_ptr<const TlsSettings> settings, ssl_st* connection);

/// Returns what was chosen for the connection; nullptr = nothing yet.
const TlsSettings* settings_of(const ssl_st* connection);

}  // namespace dbpool
