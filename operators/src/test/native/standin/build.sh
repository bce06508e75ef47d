#!/bin/sh
# Builds stand-ins for CUDA's libraries: build.sh NATIVES FOLDER, the folder of ONNX Runtime's
# libraries for GPUs and the one to be made. What the provider wants of them and the stand-in does
# not have is there, and refuses.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
provider=$1/libonnxruntime_providers_cuda.so
folder=$2
mkdir -p "$folder"
cd "$folder"
"${CXX:-c++}" -std=c++17 -O2 -Wall -Wextra -fPIC -fvisibility=hidden -c -o cudart.o "$source/cudart.cc"
nm --defined-only cudart.o | awk '$2 == "T" { print $3 }' | sort >have

# library NAME ANSWER FILES: with all that the provider wants of it and the files do not have
library() {
    name=$1
    answer=$2
    shift 2
    nm -D --undefined-only "$provider" | awk '{ print $2 }' | grep "@$name\$" | sed 's/@.*//' | sort -u |
        comm -23 - have | sed "s/.*/int &(void **made) { (void) made; $answer }/" >"$name.c"
    echo "$name { global: *; };" >"$name.map"
    "${CC:-cc}" -w -O1 -fPIC -c -o "$name.o" "$name.c"
    "${CXX:-c++}" -shared -Wl,-soname,"$name" -Wl,--version-script="$name.map" -o "$name" "$name.o" "$@"
}

library libcudart.so.12 'return 801;' cudart.o
library libcublas.so.12 'return 0;'
library libcublasLt.so.12 'return 0;'
library libcurand.so.10 'return 0;'
library libcuda.so.1 'return 801;'
