#!/usr/bin/env bash
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m \
    -cp '/opt/tts/tools/target/lib/*:/opt/kafka/libs/*' org.apache.kafka.tools.TopicCommand "$@"
