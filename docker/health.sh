#!/usr/bin/env bash
# Whether the part in this container does its work: the JobManager and the TaskManagers answer.
# Any other command is healthy while it runs.
set -euo pipefail

answers() {
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
    read -r _ status _ <&3
    [ "$status" = 200 ]
}

case "$(tr '\0' ' ' </proc/1/cmdline)" in
*ClusterEntryPoint*) answers 8081 /overview ;;
*TaskManagerRunner*) answers 9249 /metrics ;;
esac
