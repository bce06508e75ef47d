#!/usr/bin/env bash
# KAFKA_A_B=x becomes a.b=x, as in Kafka's image; then the broker starts on its data.
set -euo pipefail
settings=/tmp/server.properties
env | sed -nE '/^KAFKA_[A-Z_]+=/ { s/^KAFKA_//; p }' | while IFS='=' read -r name value; do
    name=${name,,}
    echo "${name//_/.}=$value"
done >"$settings"
java=(java -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1
    -Dlog4j.configurationFile=log4j2-servers.properties
    -cp '/opt/tts/tools/target/lib/*:/opt/tts/tools/target/tts.jar')
[ -e /var/lib/kafka/data/meta.properties ] ||
    "${java[@]}" kafka.tools.StorageTool format \
        --cluster-id 5L6g3nShT-eMCtK--X86sw --config "$settings"
exec "${java[@]}" kafka.Kafka "$settings"
