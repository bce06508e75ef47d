#!/bin/sh
# Compares the kernels for different CPUs, and those for CUDA devices, emulated, with them: test.sh
# OBJECTS, the folder that build.sh has filled.
set -eu
test=$(cd "$(dirname "$0")" && pwd)
[ -e "$1/baseline.o" ] || exit 0
cd "$1"
variants=
if [ "$(uname -m)" = x86_64 ]; then variants="v3.o v4.o"; fi

# run NAME OPTIONS
run() {
    name=$1
    shift
    # shellcheck disable=SC2086 # several files
    "${CXX:-c++}" -std=c++17 -Wall -Wextra "$@" -o "$name" "$test/$name.cc" \
        dispatch.o baseline.o $variants
    "./$name"
}

run kernels_test -O1
run thread_choice_test -O1
for name in cuda_test step_bench; do
    run "$name" -O2 -ffp-contract=off -Wno-unknown-pragmas -U_FORTIFY_SOURCE -DRWKVTTS_EMULATION \
        -I "$test"
done
