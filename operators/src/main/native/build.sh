#!/bin/sh
# Builds the library of operators: build.sh OBJECTS LIBRARY, the folder for object files and the
# file to be made, unless it is newer than its sources. CXX names the compiler, c++ if it is not set.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
objects=$1
library=$2
if [ -e "$library" ] && [ -z "$(find "$source" -newer "$library")" ]; then
    exit 0
fi
mkdir -p "$objects" "$(dirname "$library")"

# compile OBJECT FILE OPTIONS
compile() {
    object=$1
    file=$2
    shift 2
    # No fused multiply-adds but those that are written: all CPUs are to compute the same bits.
    "${CXX:-c++}" -std=c++17 -O3 -ffp-contract=off -Wall -Wextra -fPIC -fvisibility=hidden "$@" \
        -c -o "$objects/$object.o" "$source/$file.cc"
}

# GCC has this from version 9 on, and clang.
if ! echo 'typedef int V __attribute__((vector_size(64))); typedef float F __attribute__((vector_size(64)));
        F f(V v) { return __builtin_convertvector(v, F); }' |
        "${CXX:-c++}" -std=c++17 -Wno-psabi -x c++ -c -o "$objects/probe.o" - 2>/dev/null; then
    echo "No native operators (int8-native): ${CXX:-c++} is too old, expected GCC 9 or later" >&2
    exit 0
fi
compile operators operators
compile dispatch dispatch
compile baseline kernels -DKERNELS=baseline -Wno-psabi
variants=
if [ "$(uname -m)" = x86_64 ]; then
    compile v3 kernels -DKERNELS=x86_64_v3 -mavx2 -mfma -Wno-psabi
    compile v4 kernels -DKERNELS=x86_64_v4 \
        -mavx2 -mfma -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni \
        -mprefer-vector-width=512
    variants="v3.o v4.o"
fi
# Never unloaded: ONNX Runtime's Java API closes a library with the options of a session, which
# still runs its operators.
cd "$objects"
# shellcheck disable=SC2086 # several files
"${CXX:-c++}" -shared -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL -Wl,-z,nodelete \
    -o "$library" operators.o dispatch.o baseline.o $variants
