#!/bin/sh
# Builds the library of operators: build.sh OBJECTS LIBRARY, the folder for object files and the
# file to be made. CXX names the compiler, c++ if it is not set.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
objects=$1
library=$2
mkdir -p "$objects" "$(dirname "$library")"

# compile OBJECT FILE OPTIONS
compile() {
    object=$1
    file=$2
    shift 2
    "${CXX:-c++}" -std=c++17 -O3 -Wall -Wextra -fPIC -fvisibility=hidden "$@" \
        -c -o "$objects/$object.o" "$source/$file.cc"
}

compile operators operators
compile baseline kernels -DKERNELS=baseline -Wno-psabi
if [ "$(uname -m)" = x86_64 ]; then
    compile v3 kernels -DKERNELS=x86_64_v3 -mavx2 -mfma -mbmi2 -Wno-psabi
    compile v4 kernels -DKERNELS=x86_64_v4 \
        -mavx2 -mfma -mbmi2 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mprefer-vector-width=512
fi
# Never unloaded: ONNX Runtime's Java API closes a library with the options of a session, which
# still runs its operators.
"${CXX:-c++}" -shared -static-libstdc++ -static-libgcc -Wl,-z,nodelete -o "$library" "$objects"/*.o
