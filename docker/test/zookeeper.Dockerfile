# Stand-in for zookeeper: the same directories, user and settings by ZOO_* variables; the server is
# the one that comes with Flink.
FROM flink-rwkv-tts
USER root
RUN useradd --uid 1000 zookeeper && install -d -o zookeeper -g zookeeper /data /datalog /conf
COPY zookeeper-run.sh /docker-entrypoint.sh
USER zookeeper
HEALTHCHECK NONE
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["zkServer.sh", "start-foreground"]
