ARG BASE=debian:12-slim

FROM ${BASE} AS build
COPY scripts/install_dependencies /source/scripts/
RUN sh /source/scripts/install_dependencies build
COPY . /source
ARG REVISION=
RUN cmake -S /source -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DDBPOOL_TESTS=OFF \
    -DDBPOOL_REVISION="${REVISION}" \
 && cmake --build /build --target dbpool_exporter \
 && strip /build/dbpool_exporter /build/shims/*.so
# Lists the packages of the linked libraries, which have other names in each release of Debian, and the
# certificates that verify https endpoints.
RUN ldd /build/dbpool_exporter | awk '$2 == "=>" { n = split($1, part, "/"); print "*/" part[n] }' \
  | xargs dpkg-query --search | sed 's/:.*//' | sort -u > /build/packages \
 && echo ca-certificates >> /build/packages

FROM ${BASE}
LABEL org.opencontainers.image.title="dbpool_exporter" \
      org.opencontainers.image.description="Prometheus exporter for database connection pools"
# These include unixODBC. Add a driver for it, a separate package, in an image based on this one.
COPY --from=build /build/packages /tmp/packages
RUN apt-get update \
 && xargs apt-get install -y --no-install-recommends < /tmp/packages \
 && rm -rf /tmp/packages /var/lib/apt/lists/*
COPY --from=build /build/dbpool_exporter /usr/local/bin/
# For TLS; found beside the program.
COPY --from=build /build/shims /usr/local/bin/shims
USER 65532:65532
EXPOSE 10127
# bash sends the HTTP request, so the image needs no client. It uses the first address in
# DBPOOL_WEB_LISTEN_ADDRESS and ignores --web.listen-address.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["bash", "-c", "a=${DBPOOL_WEB_LISTEN_ADDRESS:-:10127} a=${a%%,*} h=${a%:*}; exec 3<>/dev/tcp/${h:-127.0.0.1}/${a##*:} && printf 'GET /-/healthy HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/usr/local/bin/dbpool_exporter"]
