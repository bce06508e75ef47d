#!/bin/sh
# The kernels on a card, without ONNX Runtime: card.sh [FOLDER], for object files and programs, which
# is made. Compares them with the kernels for CPUs, then measures a step. Wants nvcc, whose major
# version the driver must know, and a C++ compiler. NVCC names the first, CXX the other.
set -eu
test=$(cd "$(dirname "$0")" && pwd)
folder=${1:-/tmp/rwkvtts-card}
nvcc=${NVCC:-$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)}
mkdir -p "$folder"
sh "$test/../../main/native/build.sh" "$folder" "$folder/librwkvtts.so"
cd "$folder"
variants=
if [ "$(uname -m)" = x86_64 ]; then variants="v3.o v4.o"; fi
for name in cuda_test step_bench; do
    "$nvcc" -std=c++17 -O3 -fmad=false -ccbin "${CXX:-c++}" -Xcompiler -Wall \
        -gencode arch=compute_80,code=sm_80 -gencode 'arch=compute_90,code=[sm_90,compute_90]' \
        -x cu -c -o "$name.o" "$test/$name.cc"
    # shellcheck disable=SC2086 # several files
    "$nvcc" -ccbin "${CXX:-c++}" -o "$name" "$name.o" dispatch.o baseline.o $variants
    "./$name"
done
