#!/usr/bin/env bash
# Builds the images and runs the containers of compose.yaml with what Debian has (buildah, podman),
# without a Docker engine and without an image registry: speaks through them, kills a TaskManager in
# mid-word, and compares the tokens with those of an undisturbed run. Needs root, 4 GB of memory and
# 4 GB of disk.
#
#   docker/test.sh [quick]     quick leaves out the job on Flink's own image
#
# With TTS_TEST_KEEP=1 the containers of a failed run stay, with all files in a directory that it names.
#
# Packages: aardvark-dns buildah debootstrap iptables netavark podman prometheus python3-yaml runc
set -euo pipefail

docker=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(dirname "$docker")
work=$(mktemp -d /tmp/tts-docker-XXXXXX)
# The cache of Maven in the build is below it.
export TMPDIR=$work/tmp
export BUILDAH_ISOLATION=chroot
store=(--root "$work/store" --runroot "$work/run" --storage-driver "$(
    # Overlay is quicker, and works where the file system below does not lie on an overlay itself.
    if [ "$(stat -f -c %T "$work")" = overlayfs ]; then echo vfs; else echo overlay; fi)")
image=docker.io/library
# Podman's name server keeps the networks of all stores of a machine in one directory, by name: one
# that a killed run left there would answer for another of the same name.
network=tts-$$

buildah() { command buildah "${store[@]}" "$@"; }
podman() {
    command podman "${store[@]}" --runtime runc --cgroup-manager cgroupfs \
        --network-config-dir "$work/networks" "$@"
}
compose() { python3 "$docker/test/compose.py" "$@"; }

say() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }
fail() {
    say "FAILED: $*" >&2
    exit 1
}

# A command that succeeds within that many seconds.
await() {
    local limit=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ "$SECONDS" -lt "$limit" ] || fail "$what did not come in time"
        sleep 0.2
    done
}

finish() {
    local status=$?
    if [ "$status" -ne 0 ]; then
        for name in $(podman ps -aq --format '{{.Names}}'); do
            echo "---- the last lines of $name"
            podman logs --tail 15 "$name" 2>&1 || true
        done
    fi
    if [ "$status" -ne 0 ] && [ -n "${TTS_TEST_KEEP:-}" ]; then
        echo "kept: $work"
        return
    fi
    podman rm --all --force --time 5 >/dev/null || true
    podman network rm "$network" >/dev/null 2>&1 || true
    awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | sort -r |
        xargs --no-run-if-empty umount || true
    rm -rf "$work"
    exit "$status"
}

# ---- Images

build() { # NAME FILE CONTEXT [ARGUMENT]...
    local name=$1 file=$2 context=$3
    shift 3
    buildah bud --quiet --format docker --pull-never --file "$file" --tag "$name" "$@" \
        "$context" >"$work/build.log" 2>&1 || {
        tail -n 40 "$work/build.log"
        fail "$name is not built"
    }
    say "built $name: $(podman image inspect --format '{{.Size}}' "$name" | numfmt --to=si)B"
}

# Debian's own packages under the name of the image that Debian's maintainers make of them.
build_base() {
    local mirror
    # shellcheck disable=SC2016 # apt-get fills it in
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' |
        head -n 1)
    debootstrap --variant=minbase bookworm "$work/debian" "$mirror" >"$work/build.log" 2>&1 ||
        fail "debootstrap: $(tail -n 3 "$work/build.log")"
    rm -rf "$work"/debian/var/cache/apt/archives/*.deb "$work"/debian/var/lib/apt/lists/*
    local container
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$work/debian" / >/dev/null
    buildah commit --quiet --format docker "$container" "$image/debian:bookworm-slim" >/dev/null
    buildah rm "$container" >/dev/null
    rm -rf "$work/debian"
    say "stand-in for debian:bookworm-slim: Debian's packages"
}

build_images() {
    # What Maven has already; the build downloads the rest.
    local maven=$TMPDIR/buildah-cache/flink-rwkv-tts-maven
    mkdir -p "$TMPDIR/buildah-cache"
    if [ -d "${HOME:-}/.m2/repository" ]; then cp -a "$HOME/.m2/repository" "$maven"; fi
    build flink-rwkv-tts "$docker/Dockerfile" "$project" \
        --ignorefile "$docker/Dockerfile.dockerignore" --build-arg MAVEN_ARGUMENTS=-llr
}

build_stand_ins() {
    local context=$work/stand-ins kafka
    kafka=$(sed -n 's/.*<kafka.version>\(.*\)<.*/\1/p' "$project/pom.xml")
    cp -r "$docker/test" "$context"
    mvn -q -B dependency:copy -Dartifact="org.apache.kafka:kafka-tools:$kafka" \
        -Dmdep.stripVersion -DoutputDirectory="$context"
    cp "$(command -v prometheus)" "$context/"
    for name in kafka zookeeper prometheus; do
        build "$(compose get "$name" image)" "$context/$name.Dockerfile" "$context"
    done
}

build_flinks_image() {
    build "$(sed -n 's/^FROM \(flink:.*\)/\1/p' "$docker/flink/Dockerfile")" \
        "$work/stand-ins/flink.Dockerfile" "$work/stand-ins"
    build flink-rwkv-tts-flink "$docker/flink/Dockerfile" "$docker/flink"
}

# ---- Containers

address() { podman inspect --format "{{(index .NetworkSettings.Networks \"$network\").IPAddress}}" "$1"; }
port() { podman port "$1" "$2/tcp"; }
pid() { podman inspect --format '{{.State.Pid}}' "$1"; }

# Of these, only the network is more than what podman needs on a machine without systemd.
options=(--network "$network" --pull never --cgroups no-conmon --log-driver k8s-file --no-healthcheck
    --ulimit nofile=16384:16384 --ulimit nproc=8192:8192)

run() { # SERVICE CONTAINER [CHANGE]: the change is a script for sed, of each argument
    local arguments
    mapfile -d '' arguments < <(compose run "$1" | sed -z "${3:-}")
    podman run --detach --name "$2" \
        "${options[@]}" "${arguments[@]}" >/dev/null
}

tts() { # COMMAND OF TTS...
    podman run --rm "${options[@]}" --read-only --tmpfs /tmp:exec flink-rwkv-tts "$@"
}

# The health check of the service or, without one, of its image.
healthy() { # SERVICE CONTAINER
    local command
    mapfile -t command < <(compose get "$1" healthcheck.test)
    if [ "${#command[@]}" = 0 ]; then
        mapfile -t command < <(podman image inspect --format \
            '{{if .HealthCheck}}{{range .HealthCheck.Test}}{{println .}}{{end}}{{end}}' \
            "$(compose get "$1" image)")
    fi
    if [ "${command[0]:-NONE}" = CMD ]; then
        podman exec "$2" "${command[@]:1}" >/dev/null 2>&1
    else
        [ "$(podman inspect --format '{{.State.Running}}' "$2")" = true ]
    fi
}

start() {
    podman network create "$network" >/dev/null
    local service
    for service in $(compose order); do
        if [ "$service" = topics ]; then
            run topics topics
            [ "$(podman wait topics)" = 0 ] || fail "the topics are not made"
            continue
        elif ! podman image exists "$(compose get "$service" image)"; then
            continue
        fi
        local replicas containers=("$service")
        replicas=$(compose get "$service" deploy.replicas)
        if [ -n "$replicas" ]; then mapfile -t containers < <(seq -f "$service-%g" "$replicas"); fi
        local container
        for container in "${containers[@]}"; do
            run "$service" "$container"
        done
        for container in "${containers[@]}"; do
            await 90 "$container" healthy "$service" "$container"
            say "$container runs and is healthy"
        done
    done
}

# ---- What is shown

rest() { curl -sf "http://$(port jobmanager 8081)$1"; }
running_tasks() { rest /jobs/overview | grep -o '"running":[0-9]*' | head -n 1 | tr -dc 0-9; }
all_tasks_run() { [ "$(rest /jobs/overview | grep -c '"state":"RUNNING"')" -gt 0 ] && [ "$(running_tasks)" -ge 4 ]; }

# Some 20 s of work, in sentences that the demo voice reads well.
text() {
    for _ in $(seq 24); do
        printf 'The sun is up. We walk to the river and look at the boats. '
        printf 'It is a good day for a long walk in the hills. '
        printf 'I can hear the birds sing in the old trees. Come with me. '
    done
}

# One request to its end: its records as JSON lines.
speak() { # ID
    : >"$work/$1.json"
    tts listen --bootstrap-servers kafka:29092 --json --from-beginning --until-finished 1 \
        --id "$1" >"$work/$1.json" &
    tts send --bootstrap-servers kafka:29092 --id "$1" --seed 15 "$(text)" >/dev/null
    wait $!
}

# What was spoken: the tokens, then how it ended.
speech() { # ID
    python3 -c '
import json, sys
records = [json.loads(line) for line in sys.stdin]
emitted = [r["emittedAtMs"] for r in records]
pause = max(after - before for before, after in zip(emitted, emitted[1:]))
print(f"longest pause between two records: {pause / 1000:.1f} s", file=sys.stderr)
assert [r["sequence"] for r in records] == list(range(len(records))), "a record is missing"
print(*(token for record in records for token in record["tokens"]))
print(records[-1]["finishReason"])' <"$work/$1.json" >"$work/$1.txt" 2>"$work/$1.log" ||
        fail "$1: $(cat "$work/$1.log")"
    say "$1: $(records_of "$1") records, $(head -n 1 "$work/$1.txt" | wc -w) tokens, ended by" \
        "$(tail -n 1 "$work/$1.txt"), $(cat "$work/$1.log")"
}

metric_of() { # CONTAINER METRIC: the sum over its subtasks
    curl -sf "http://$(address "$1"):9249/metrics" |
        awk -v name="flink_taskmanager_job_task_operator_tts_$2" \
            '$1 ~ "^" name "([{ ]|$)" { n += $NF } END { print n + 0 }'
}

running_on() { metric_of "$1" numRequestsRunning; } # CONTAINER: the requests that it generates

changes_taken() { # NUMBER, by all subtasks together
    [ "$(($(metric_of taskmanager-1 controlRecordsTaken) + $(metric_of taskmanager-2 controlRecordsTaken)))" = "$1" ]
}

# An option of the running job gets another value, which each of its two subtasks takes.
change_an_option() {
    local shown
    tts control set tts.queue.capacity=5000 --bootstrap-servers kafka:29092 >/dev/null
    shown=$(tts control list --bootstrap-servers kafka:29092)
    [[ $shown =~ tts.queue.capacity\ +5000 ]] || fail "the changed option is not listed: $shown"
    await 10 "the change in the job" changes_taken 2
}

records_of() { wc -l <"$work/$1.json"; }
has_records() { [ "$(records_of "$1")" -ge "$2" ]; }
restarts() { curl -sf "http://$(address jobmanager):9249/metrics" |
    sed -n 's/^flink_jobmanager_job_numRestarts{.*} //p'; }

# The process dies as by a power cut, while the listener has some records of the request; the
# container's restart policy brings it back.
speak_over_a_kill() {
    : >"$work/disturbed.json"
    speak disturbed &
    local speaker=$! victim=taskmanager-1
    await 60 "the first records" has_records disturbed 20
    if [ "$(running_on $victim)" = 0 ]; then victim=taskmanager-2; fi
    [ "$(running_on $victim)" = 1 ] || fail "no TaskManager generates the request"
    kill -9 "$(pid $victim)"
    say "killed $victim in mid-word, after $(records_of disturbed) records"
    wait "$speaker" || fail "the listener did not see the end"
    [ "$(restarts)" != 0.0 ] || fail "the job was not disturbed"
    await 60 "$victim after its restart" healthy taskmanager "$victim"
    say "$victim is back; restarts of the job: $(restarts)"
}

targets() { curl -sf "http://$(port prometheus 9090)/api/v1/targets" | grep -o '"health":"up"' | wc -l; }
all_scraped() { [ "$(targets)" = 4 ]; }
rules() { curl -sf "http://$(port prometheus 9090)/api/v1/rules" |
    grep -o '"health":"[^"]*"' | sort | uniq -c | tr -d '\n'; }
all_rules_evaluated() { [[ $(rules) =~ ^\ +[1-9][0-9]+\ \"health\":\"ok\"$ ]]; }

# As a browser on the machine would: by HTTP, with sound for an answer.
speak_by_http() {
    curl -sf -o "$work/speech.wav" -H 'Content-Type: application/json' \
        -d '{"input": "The sun is up."}' "http://$(port gateway 8080)/v1/audio/speech"
    [ "$(stat -c %s "$work/speech.wav")" -gt 20000 ] && [ "$(head -c 4 "$work/speech.wav")" = RIFF ]
}

# The same services on the image for those who have Flink's: the job's jar and Flink's lib/.
speak_on_flinks_image() {
    build_flinks_image
    stop jobmanager taskmanager-1 taskmanager-2
    podman rm jobmanager taskmanager-1 taskmanager-2 >/dev/null
    # Another cluster on other files, which does not find the job of the first: its classes are
    # loaded otherwise.
    local change='s/^flink-rwkv-tts$/flink-rwkv-tts-flink/; s/^jobmanager$/standalone-job/
        s#\(cluster-id: \)/flink-rwkv-tts#\1/flink#; s#^--volume=state:#--volume=flink:#'
    run jobmanager jobmanager "$change"
    run taskmanager taskmanager "$change"
    await 90 "the job on Flink's image" all_tasks_run
    speak flink || fail "the listener did not see the end"
}

# Each container ends by itself when it is told to, and within the time that it has.
stop() { # CONTAINER...
    local container code
    for container in "$@"; do
        podman stop "$container" >/dev/null 2>&1
        code=$(podman inspect --format '{{.State.ExitCode}}' "$container")
        [ "$code" != 137 ] || fail "$container had to be killed"
        say "$container stopped, exit code $code"
    done
}

main() {
    trap finish EXIT
    mkdir -p "$TMPDIR"
    build_base
    build_images
    build_stand_ins
    start
    await 60 "the job" all_tasks_run
    say "the job runs"
    speak_by_http || fail "the gateway gave no sound"
    say "the gateway: $(stat -c %s "$work/speech.wav") bytes of sound"
    change_an_option
    say "an option was changed, and both subtasks took it"
    speak undisturbed
    speech undisturbed
    speak_over_a_kill
    speech disturbed
    cmp "$work/undisturbed.txt" "$work/disturbed.txt" || fail "the tokens differ"
    say "the tokens are the same"
    await 30 "Prometheus with its targets" all_scraped
    await 30 "Prometheus with its rules" all_rules_evaluated
    say "Prometheus scrapes $(targets) targets and evaluates its rules"
    local never="grafana/grafana (its dashboard's queries are run by MonitoringITCase)"
    if [ "${1:-}" = quick ]; then
        never+=", docker/flink/Dockerfile"
    else
        speak_on_flinks_image
        speech flink
        cmp "$work/undisturbed.txt" "$work/flink.txt" || fail "the tokens on Flink's image differ"
        say "the tokens on Flink's image are the same"
    fi
    # First those that depend on others.
    mapfile -t containers < <(podman ps --sort created --format '{{.Names}}' | tac)
    stop "${containers[@]}"
    say "done. Stand-ins of the same layout for: debian:bookworm-slim (Debian's packages), apache/kafka" \
        "and flink (Maven's artifacts), zookeeper (that of Flink's artifacts), prom/prometheus (Debian's" \
        "package). Never built or run here: $never."
}

main "$@"
