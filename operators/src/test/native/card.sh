#!/bin/sh
# What only a card can tell: card.sh [FOLDER], for object files, programs and sound, which is made.
# First the kernels without ONNX Runtime: compares them with those for CPUs, then measures a step.
# Wants nvcc, whose major version the driver must know, and a C++ compiler. NVCC names the first, CXX
# the other. Then the engine, if TTS_JAVA_OPTS names ONNX Runtime's libraries for GPUs
# (docs/gpu-run.md): its tests, speech on the CPU and on the card, whose bytes must be the same, and a
# benchmark. The tests want Maven.
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
    # What fails is to be seen, and the rest to be run.
    "./$name" || echo "FAILED: $name"
done

case ${TTS_JAVA_OPTS:-} in
*onnxruntime.native.path=*) ;;
*)
    echo "The engine is left out: TTS_JAVA_OPTS has no -Donnxruntime.native.path (docs/gpu-run.md)"
    exit 0
    ;;
esac
tts=$test/../../../../tts
natives=${TTS_JAVA_OPTS#*onnxruntime.native.path=}
(cd "$test/../../../.." && mvn -q -B -pl operators -am test -Dgpu=real \
    -Donnxruntime.native.path="${natives%% *}" -Dtest='Cuda*Test,EngineLadderTest' \
    -Dsurefire.failIfNoSpecifiedTests=false) || echo "FAILED: tests on the card"
"$tts" doctor || echo "FAILED: doctor"
for device in cpu cuda; do
    "$tts" speak --device "$device" --quantize int8-native --seed 1 --out "$device.wav" \
        "Hello, streaming world. This is a second sentence." || echo "FAILED: speak on $device"
done
if cmp cpu.wav cuda.wav; then echo "same sound on the CPU and on the card"; else echo "FAILED: same sound"; fi
for format in int8-native fp16; do
    "$tts" bench engine --device cuda --quantize "$format" --model random:0.4b --batch 1,8,64,256 \
        --prefill 128 || echo "FAILED: bench engine with $format"
done
