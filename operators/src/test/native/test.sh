#!/bin/sh
# Compares the kernels for different CPUs: test.sh OBJECTS, the folder that build.sh has filled.
set -eu
test=$1/kernels_test
"${CXX:-c++}" -std=c++17 -O1 -Wall -Wextra -o "$test" "$(dirname "$0")/kernels_test.cc" \
    "$1/baseline.o" $(ls "$1"/v?.o 2>/dev/null)
"$test"
