#!/usr/bin/env bash
# Whether the part in this container does its work: JobManager, TaskManagers and gateway answer. Any
# other command is healthy while it runs. None is while its scripts have not started the JVM yet.
set -euo pipefail

answers() {
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
    read -r _ status _ <&3
    [ "$status" = 200 ]
}

command=$(tr '\0' ' ' </proc/1/cmdline)
case ${command%% *} in
*bash | *env) exit 1 ;;
esac
case $command in
*ClusterEntryPoint*) answers 8081 /overview ;;
*StandbyTaskManager*) answers 9249 /metrics ;;
*Tts\ gateway*)
    port=8080
    if [[ $command =~ --port[=\ ]([0-9]+) ]]; then port=${BASH_REMATCH[1]}; fi
    answers "$port" /health
    ;;
esac
