# Stand-in for flink: the same directories, user and arguments. lib/ holds the Maven artifacts that
# Flink's distribution is made of, and nothing that the job's jar has to bring.
FROM flink-rwkv-tts
USER root
RUN useradd --uid 10000 flink \
    && mkdir -p /opt/flink/usrlib /opt/flink/conf \
    && mv /opt/tts/tools/target/lib /opt/flink/lib \
    && cp /opt/tts/conf/config.yaml /opt/flink/conf/ \
    && cd /opt/flink/lib \
    && rm -rf /opt/tts/tools /opt/tts/flink /opt/tts/models ./*-SNAPSHOT.jar onnxruntime-* \
        avro-* caffeine-* flink-connector-kafka-* icu4j-* jackson-* jmh-* kafka* picocli-* \
        protobuf-* scala-* tribuo-* zstd-* \
    && sed -e 's#^home=.*#home=/opt/flink#' -e 's#^class_path=.*#class_path="/opt/flink/lib/*"#' \
        -e 's#^jobmanager)#standalone-job)#' -e 's#-Dlog4j.configurationFile=[^ ]*##' \
        /opt/tts/entrypoint.sh >/docker-entrypoint.sh \
    && chmod +x /docker-entrypoint.sh
ENV FLINK_LIB_DIR=/opt/flink/lib
WORKDIR /opt/flink
HEALTHCHECK NONE
ENTRYPOINT ["/docker-entrypoint.sh"]
