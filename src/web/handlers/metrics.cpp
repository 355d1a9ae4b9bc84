#include "web/handlers/metrics.hpp"

#include "exposition/render.hpp"
#include "web/gzip.hpp"

namespace dbpool {

Response metrics(const Request& request, const FleetSnapshot& fleet) {
  Response response{
      200, "text/plain; version=0.0.4; charset=utf-8", render_text(fleet), {{"Vary", "Accept-Encoding"}}};
  if (accepts_gzip(request.header("Accept-Encoding").value_or(""))) {
    response.body = gzip(response.body);
    response.headers.push_back({"Content-Encoding", "gzip"});
  }
  return response;
}

}  // namespace dbpool
