#!/bin/sh
# Builds the operators for CUDA devices with the emulation of one, for ONNX Runtime's CPU provider:
# emulated.sh OBJECTS JAVA_HOME LIBRARY NATIVES, the folder that build.sh has filled, the JDK and
# the file to be made, unless it is newer than its sources. Where NATIVES is not none but the folder of
# ONNX Runtime's libraries for GPUs, it is made for the CUDA provider, with stand-ins for CUDA's
# libraries beside them in the folder standin.
set -eu
test=$(cd "$(dirname "$0")" && pwd)
source=$test/../../main/native
java=$2
library=$3
natives=$4
[ -e "$1/baseline.o" ] || exit 0
if [ "$natives" = none ] && [ -e "$library" ] && ! grep -q standin_launch "$library" &&
    [ -z "$(find "$source" "$test" -newer "$library")" ]; then
    exit 0
fi
mkdir -p "$(dirname "$library")"
set --
if [ "$natives" != none ]; then
    sh "$test/standin/build.sh" "$natives" "$natives/standin"
    set -- -DRWKVTTS_STANDIN -L "$natives/standin" -l:libcudart.so.12
fi
# The check that _FORTIFY_SOURCE makes of longjmp does not know fibers.
"${CXX:-c++}" -std=c++17 -O2 -ffp-contract=off -Wall -Wextra -Wno-unknown-pragmas \
    -U_FORTIFY_SOURCE -fPIC -fvisibility=hidden -shared -static-libstdc++ -static-libgcc \
    -Wl,--exclude-libs,ALL -Wl,-z,nodelete -DRWKVTTS_EMULATION -I "$test" \
    -I "$java/include" -I "$java/include/linux" -o "$library" \
    -x c++ "$source/cuda/operators.cu" "$source/cuda/bridge.cu" "$test/emulation_bridge.cc" \
    -x none "$@"
