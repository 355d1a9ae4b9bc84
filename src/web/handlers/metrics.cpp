#include "web/handlers/metrics.hpp"

#include "exposition/render.hpp"
#include "web/accepted_format.hpp"
#include "web/gzip.hpp"

namespace dbpool {

Response metrics(const Request& request, const FleetSnapshot& fleet) {
  const MetricsFormat format = accepted_format(request.header("Accept").value_or(""));
  Response response{200,
                    std::string(content_type_of(format)),
                    render_text(fleet, format),
                    {{"Vary", "Accept, Accept-Encoding"}}};
  if (accepts_gzip(request.header("Accept-Encoding").value_or(""))) {
    response.body = gzip(response.body);
    response.headers.push_back({"Content-Encoding", "gzip"});
  }
  return response;
}

}  // namespace dbpool
