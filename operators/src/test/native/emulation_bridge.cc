// The emulated device for tests in Java: the natives of io.rwkvtts.engine.cuda.Emulation.

#include <jni.h>

#include "emulation.h"

#define NATIVE(result, name) \
    extern "C" JNIEXPORT result JNICALL Java_io_rwkvtts_engine_cuda_Emulation_##name

NATIVE(void, set)(JNIEnv*, jclass, jint schedule, jlong launches_left, jlong bytes_left) {
    emulation::settings.schedule = schedule;
    rwkvtts::cuda::set_limits(launches_left, bytes_left);
}

NATIVE(void, setCaptures)(JNIEnv*, jclass, jboolean allowed) {
    rwkvtts::cuda::allow_captures(allowed);
}

NATIVE(jlong, launchCount)(JNIEnv*, jclass) { return rwkvtts::cuda::counted().launches; }

NATIVE(jlong, graphCount)(JNIEnv*, jclass) { return rwkvtts::cuda::counted().graphs; }

NATIVE(jlong, copyCount)(JNIEnv*, jclass) { return rwkvtts::cuda::counted().copies; }

NATIVE(jlong, allocationCount)(JNIEnv*, jclass) { return rwkvtts::cuda::counted().allocations; }
