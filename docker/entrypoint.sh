#!/usr/bin/env bash
# Starts one part of flink-rwkv-tts in its container.
#
#   jobmanager [-D KEY=VALUE]... [ARGUMENT]...   Flink's JobManager with the job; the arguments are
#                                                those of 'tts run', such as --model
#   taskmanager [-D KEY=VALUE]...                a TaskManager of Flink, which opens the model of
#                                                tts.model before it has work
#   COMMAND [ARGUMENT]...                        a command of tts: run, gateway, send, ...
#
#   FLINK_PROPERTIES   options of Flink and of the job for the first two, a line each: KEY: VALUE
#   TTS_JAVA_OPTS      further options of the JVM
set -euo pipefail

home=/opt/tts
class_path="$home/tools/target/tts.jar:$home/tools/target/lib/*"
shared=(-XX:SharedArchiveFile="$home/tools/target/classes.jsa" -Xlog:cds=off -Xlog:cds+dynamic=off)

read_properties() {
    options=(--configDir "$home/conf")
    while IFS= read -r line; do
        if [[ $line =~ ^[[:space:]]*([^#:[:space:]]+):[[:space:]]+(.*[^[:space:]])[[:space:]]*$ ]]; then
            options+=(-D "${BASH_REMATCH[1]}=${BASH_REMATCH[2]}")
        elif [[ ! $line =~ ^[[:space:]]*(#.*)?$ ]]; then
            echo "FLINK_PROPERTIES: \"$line\" is not KEY: VALUE" >&2
            exit 2
        fi
    done <<<"${FLINK_PROPERTIES:-}"
}

# Flink's own computation of heap, direct memory and metaspace from the options: a line of options
# of the JVM and one of options of Flink.
compute_memory() {
    local computed
    computed=$(java "${shared[@]}" -XX:TieredStopAtLevel=1 -cp "$class_path" \
        org.apache.flink.runtime.util.bash.BashJavaUtils "$@") || {
        echo "$computed" >&2
        exit 1
    }
    local prefix=BASH_JAVA_UTILS_EXEC_RESULT:
    mapfile -t memory < <(sed -n "s/^$prefix//p" <<<"$computed")
    read -ra jvm <<<"${memory[0]} ${TTS_JAVA_OPTS:-}"
    read -ra sizes <<<"${memory[1]}"
}

start() {
    # Flink's client opens a map of Java's own, as the scripts of its distribution allow.
    exec java "${shared[@]}" "${jvm[@]}" -XX:+ExitOnOutOfMemoryError --add-opens=java.base/java.util=ALL-UNNAMED \
        -Dlog4j.configurationFile=log4j2-servers.properties -cp "$class_path" "$@"
}

case "${1:-}" in
jobmanager)
    shift
    read_properties
    compute_memory GET_JM_RESOURCE_PARAMS "${options[@]}" "$@"
    start org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint \
        "${options[@]}" "${sizes[@]}" --job-classname io.rwkvtts.job.RunCommand "$@"
    ;;
taskmanager)
    shift
    read_properties
    compute_memory GET_TM_RESOURCE_PARAMS "${options[@]}" "$@"
    start io.rwkvtts.job.StandbyTaskManager \
        "${options[@]}" "${sizes[@]}" "$@"
    ;;
*)
    exec "$home/tts" "$@"
    ;;
esac
