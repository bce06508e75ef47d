# Stand-in for prom/prometheus: the same paths and arguments; the server is Debian's.
FROM debian:bookworm-slim
COPY prometheus /bin/prometheus
RUN install -d -o nobody -g nogroup /etc/prometheus /prometheus
USER nobody
WORKDIR /prometheus
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
