# Stand-in for apache/kafka: the same paths, user and settings by KAFKA_* variables; the broker is
# that of the Maven artifacts.
FROM flink-rwkv-tts
USER root
RUN useradd --uid 1000 appuser \
    && install -d -o appuser -g appuser /var/lib/kafka/data /etc/kafka/docker /opt/kafka/bin
COPY kafka-tools.jar /opt/kafka/libs/
COPY kafka-run.sh /etc/kafka/docker/run
COPY kafka-topics.sh /opt/kafka/bin/
USER appuser
HEALTHCHECK NONE
ENTRYPOINT []
CMD ["/etc/kafka/docker/run"]
