#!/bin/sh
# Builds the library of operators for CUDA devices where nvcc is: build.sh JAVA_HOME LIBRARY, unless
# the file is newer than its sources. The JDK has the headers of JNI. NVCC names the compiler; else it is that of the PATH or of
# /usr/local/cuda. Devices newer than those named compile the code for sm_90 when they load it.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
java=$1
library=$2
nvcc=${NVCC:-$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)}
if [ ! -x "$nvcc" ]; then
    echo "No CUDA operators: nvcc is neither in the PATH nor in /usr/local/cuda/bin, nor named by NVCC" >&2
    exit 0
fi
# Which CUDA it is of decides which driver it wants.
toolkit=${library%.so}.toolkit
if [ -e "$library" ] && [ -e "$toolkit" ] && [ -z "$(find "$source" -newer "$library")" ]; then
    exit 0
fi
mkdir -p "$(dirname "$library")"
# Contraction would round otherwise than CPUs do. CUDA's runtime goes into the library, since that
# of ONNX Runtime may be another version.
"$nvcc" -std=c++17 -O3 -fmad=false --cudart static -ccbin "${CXX:-c++}" -shared \
    -gencode arch=compute_80,code=sm_80 -gencode 'arch=compute_90,code=[sm_90,compute_90]' \
    -Xcompiler -fPIC,-fvisibility=hidden,-Wall -I "$java/include" -I "$java/include/linux" \
    -o "$library" "$source/cuda/operators.cu" "$source/cuda/bridge.cu"
"$nvcc" --version | sed -n 's/.*release \([0-9][0-9.]*\),.*/\1/p' >"$toolkit"
