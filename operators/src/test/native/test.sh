#!/bin/sh
# Compares the kernels for different CPUs: test.sh OBJECTS, the folder that build.sh has filled.
set -eu
test=$(cd "$(dirname "$0")" && pwd)
[ -e "$1/baseline.o" ] || exit 0
cd "$1"
variants=
if [ "$(uname -m)" = x86_64 ]; then variants="v3.o v4.o"; fi
# shellcheck disable=SC2086 # several files
"${CXX:-c++}" -std=c++17 -O1 -Wall -Wextra -o kernels_test "$test/kernels_test.cc" \
    dispatch.o baseline.o $variants
./kernels_test
