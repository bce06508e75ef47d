#!/usr/bin/env bash
set -euo pipefail
printf '%s\n' dataDir=/data dataLogDir=/datalog clientPort=2181 "tickTime=$ZOO_TICK_TIME" \
    "admin.enableServer=$ZOO_ADMINSERVER_ENABLED" >/conf/zoo.cfg
exec java -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -Dlog4j.configurationFile=log4j2-servers.properties \
    -cp '/opt/tts/tools/target/lib/*:/opt/tts/tools/target/tts.jar' \
    org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain /conf/zoo.cfg
