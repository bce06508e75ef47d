// The emulated device for tests in Java: the natives of io.rwkvtts.engine.cuda.Emulation.

#include <jni.h>

#include "emulation.h"

#define NATIVE(result, name) \
    extern "C" JNIEXPORT result JNICALL Java_io_rwkvtts_engine_cuda_Emulation_##name

NATIVE(void, set)(JNIEnv*, jclass, jint schedule, jlong launches_left, jlong bytes_left) {
    emulation::settings.schedule = schedule;
    rwkvtts::cuda::set_limits(launches_left, bytes_left);
}

NATIVE(void, allowCaptures)(JNIEnv*, jclass, jboolean allowed) {
    rwkvtts::cuda::allow_captures(allowed);
}

NATIVE(jlong, launches)(JNIEnv*, jclass) { return rwkvtts::cuda::counted().launches; }

NATIVE(jlong, graphs)(JNIEnv*, jclass) { return rwkvtts::cuda::counted().graphs; }

NATIVE(jlong, copies)(JNIEnv*, jclass) { return rwkvtts::cuda::counted().copies; }

NATIVE(jlong, allocations)(JNIEnv*, jclass) { return rwkvtts::cuda::counted().allocations; }
