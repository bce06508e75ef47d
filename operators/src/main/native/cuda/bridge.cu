// Memory of the device for Java: the natives of io.rwkvtts.onnx.DeviceLibrary. ONNX Runtime's Java
// API has tensors in the memory of the process only; here they are made of any memory, by the same
// functions of the C API and the constructors that the Java API itself uses.

#include <jni.h>

#include <string>
#include <vector>

#include "../custom_op.h"
#include "sample.cuh"

namespace {

using namespace rwkvtts;
using namespace rwkvtts::cuda;

constexpr int kMostDevices = 64;

void fail(JNIEnv* env, const std::string& message) {
    env->ThrowNew(env->FindClass("ai/onnxruntime/OrtException"), message.c_str());
}

/** Whether all went well; else there is a Java exception. */
bool succeeded(JNIEnv* env, const char* what, int error) {
    if (error != 0) {
        fail(env, std::string("CUDA: ") + what + ": " + error_text(error));
    }
    return error == 0;
}

bool succeeded(JNIEnv* env, Status* status) {
    if (status == nullptr) {
        return true;
    }
    const std::string message = api->message(status);
    api->release_status(status);
    fail(env, message);
    return false;
}

void* pointer(jlong address) { return reinterpret_cast<void*>(static_cast<intptr_t>(address)); }

/** The memory of a device, as long as the process lives; null after an exception. */
const MemoryInfo* memory_info(JNIEnv* env, int device) {
    static MemoryInfo* infos[kMostDevices];
    if (api == nullptr || device < 0 || device >= kMostDevices) {
        fail(env, api == nullptr ? "the operators are not registered yet" : "no such device");
        return nullptr;
    }
    if (infos[device] == nullptr) {
        succeeded(env, api->create_memory_info(kMemoryName, device, &infos[device]));
    }
    return infos[device];
}

}  // namespace

#define NATIVE(result, name) \
    extern "C" JNIEXPORT result JNICALL Java_io_rwkvtts_onnx_DeviceLibrary_##name

NATIVE(jboolean, isEmulation)(JNIEnv*, jclass) {
    return kProvider == nullptr;
}

NATIVE(jint, select)(JNIEnv*, jclass, jint device) { return select_device(device); }

NATIVE(jstring, errorText)(JNIEnv* env, jclass, jint error) {
    return env->NewStringUTF(error_text(error));
}

NATIVE(jlong, freeBytes)(JNIEnv* env, jclass) {
    size_t bytes = 0;
    succeeded(env, "asking for the free memory", free_bytes(&bytes));
    return static_cast<jlong>(bytes);
}

NATIVE(jlong, allocate)(JNIEnv* env, jclass, jlong bytes, jboolean shared) {
    void* memory = nullptr;
    succeeded(env, "allocating memory", allocate(&memory, bytes, shared));
    return static_cast<jlong>(reinterpret_cast<intptr_t>(memory));
}

NATIVE(void, release)(JNIEnv* env, jclass, jlong address, jboolean shared) {
    succeeded(env, "freeing memory", release(pointer(address), shared));
}

NATIVE(void, zero)(JNIEnv* env, jclass, jlong address, jlong bytes) {
    succeeded(env, "clearing memory", zero(pointer(address), bytes));
}

NATIVE(void, read)(JNIEnv* env, jclass, jlong address, jbyteArray to) {
    void* const bytes = env->GetPrimitiveArrayCritical(to, nullptr);
    const int error =
        bytes == nullptr ? 0 : copy(bytes, pointer(address), env->GetArrayLength(to));
    if (bytes != nullptr) {
        env->ReleasePrimitiveArrayCritical(to, bytes, 0);
        succeeded(env, "reading memory", error);
    }
}

NATIVE(void, write)(JNIEnv* env, jclass, jlong address, jbyteArray from) {
    void* const bytes = env->GetPrimitiveArrayCritical(from, nullptr);
    const int error =
        bytes == nullptr ? 0 : copy(pointer(address), bytes, env->GetArrayLength(from));
    if (bytes != nullptr) {
        env->ReleasePrimitiveArrayCritical(from, bytes, JNI_ABORT);
        succeeded(env, "writing memory", error);
    }
}

NATIVE(void, copy)(JNIEnv* env, jclass, jlong to, jlong from, jlong bytes) {
    succeeded(env, "copying memory", copy(pointer(to), pointer(from), bytes));
}

NATIVE(void, sample)(JNIEnv* env, jclass, jlong draws, jlong logits, jint stride, jlong scratch,
    jlong tokens, jint count) {
    const Samples a{static_cast<const Draw*>(pointer(draws)),
        static_cast<const float*>(pointer(logits)), stride, static_cast<double*>(pointer(scratch)),
        static_cast<int32_t*>(pointer(tokens))};
    const int error = launch_sample(nullptr, a, count);
    succeeded(env, "drawing tokens", error != 0 ? error : finish());
}

NATIVE(jobject, buffer)(JNIEnv* env, jclass, jlong address, jlong bytes) {
    return env->NewDirectByteBuffer(pointer(address), bytes);
}

NATIVE(jobject, tensor)(JNIEnv* env, jclass, jint device, jlong address, jlong bytes,
    jlongArray shape, jobject java_type, jobject onnx_type, jint element_type) {
    const MemoryInfo* const where = memory_info(env, device);
    if (where == nullptr) {
        return nullptr;
    }
    std::vector<jlong> java_sizes(env->GetArrayLength(shape));
    env->GetLongArrayRegion(shape, 0, static_cast<jsize>(java_sizes.size()), java_sizes.data());
    const std::vector<int64_t> sizes(java_sizes.begin(), java_sizes.end());
    Value* value = nullptr;
    if (!succeeded(env,
            api->create_tensor(where, pointer(address), bytes, sizes.data(), sizes.size(),
                static_cast<ElementType>(element_type), &value))) {
        return nullptr;
    }
    const jclass info_class = env->FindClass("ai/onnxruntime/TensorInfo");
    const jclass tensor_class = env->FindClass("ai/onnxruntime/OnnxTensor");
    if (info_class == nullptr || tensor_class == nullptr) {
        return nullptr;
    }
    const jmethodID make_info = env->GetMethodID(info_class, "<init>",
        "([JLai/onnxruntime/OnnxJavaType;Lai/onnxruntime/TensorInfo$OnnxTensorType;)V");
    const jmethodID make_tensor =
        env->GetMethodID(tensor_class, "<init>", "(JJLai/onnxruntime/TensorInfo;)V");
    if (make_info == nullptr || make_tensor == nullptr) {
        return nullptr;
    }
    const jobject info = env->NewObject(info_class, make_info, shape, java_type, onnx_type);
    return info == nullptr
        ? nullptr
        : env->NewObject(tensor_class, make_tensor,
              static_cast<jlong>(reinterpret_cast<intptr_t>(value)), jlong{0}, info);
}
