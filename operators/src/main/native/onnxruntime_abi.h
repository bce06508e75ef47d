// The part of ONNX Runtime's C interface that an operator library needs, by the places of its
// functions in the table OrtApi. Those never change: the interface only grows at its end, and a
// library asks for the version it was written for. Declared here because ONNX Runtime's Java
// package, the only one this project depends on, comes without the C headers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace onnxruntime_abi {

constexpr uint32_t kVersion = 17;

struct Status;
struct Value;
struct Shape;
struct Domain;
struct SessionOptions;
struct KernelInfo;
struct KernelContext;
struct MemoryInfo;

enum ErrorCode { kFail = 1, kInvalidArgument = 2 };
enum ElementType { kFloat = 1, kUint8 = 2, kInt8 = 3, kInt32 = 6, kInt64 = 7, kFloat16 = 10 };
enum Characteristic { kRequired = 0, kOptional = 1, kVariadic = 2 };
enum MemoryType { kDefaultMemory = 0 };
enum AllocatorType { kDeviceAllocator = 0 };

/** A table of functions of which each has its place for good. */
struct Api {
    void* functions[275];

    template <int place, typename Result, typename... Arguments>
    Result call(Arguments... arguments) const {
        return reinterpret_cast<Result (*)(Arguments...)>(functions[place])(arguments...);
    }

    Status* create_status(ErrorCode code, const char* message) const {
        return call<0, Status*>(code, message);
    }
    const char* message(const Status* status) const { return call<2, const char*>(status); }
    Status* create_domain(const char* name, Domain** domain) const {
        return call<26, Status*>(name, domain);
    }
    Status* add_operator(Domain* domain, const struct CustomOp* op) const {
        return call<27, Status*>(domain, op);
    }
    Status* add_domain(SessionOptions* options, Domain* domain) const {
        return call<28, Status*>(options, domain);
    }
    /** A tensor in memory that stays the caller's. */
    Status* create_tensor(
        const MemoryInfo* where, void* data, size_t bytes, const int64_t* sizes, size_t count,
        ElementType type, Value** value) const {
        return call<49, Status*>(where, data, bytes, sizes, count, type, value);
    }
    Status* data(Value* value, void** data) const { return call<51, Status*>(value, data); }
    Status* dimension_count(const Shape* shape, size_t* count) const {
        return call<61, Status*>(shape, count);
    }
    Status* dimensions(const Shape* shape, int64_t* sizes, size_t count) const {
        return call<62, Status*>(shape, sizes, count);
    }
    Status* shape(const Value* value, Shape** shape) const {
        return call<65, Status*>(value, shape);
    }
    /** Memory of a device, known by the name that its provider has for it. */
    Status* create_memory_info(const char* name, int device, MemoryInfo** info) const {
        return call<68, Status*>(name, kDeviceAllocator, device, kDefaultMemory, info);
    }
    Status* attribute(const KernelInfo* info, const char* name, int64_t* value) const {
        return call<86, Status*>(info, name, value);
    }
    Status* input_count(const KernelContext* context, size_t* count) const {
        return call<88, Status*>(context, count);
    }
    Status* input(const KernelContext* context, size_t index, const Value** value) const {
        return call<90, Status*>(context, index, value);
    }
    Status* output(
        KernelContext* context, size_t index, const int64_t* sizes, size_t count,
        Value** value) const {
        return call<91, Status*>(context, index, sizes, count, value);
    }
    void release_status(Status* status) const { call<93, void>(status); }
    void release_shape(Shape* shape) const { call<99, void>(shape); }
    /** What a provider's kernels run in, a cudaStream_t for CUDA. */
    Status* stream(const KernelContext* context, void** stream) const {
        return call<193, Status*>(context, stream);
    }
    Status* parallel_for(
        const KernelContext* context, void (*body)(void*, size_t), size_t total, size_t batches,
        void* data) const {
        return call<274, Status*>(context, body, total, batches, data);
    }
};

struct ApiBase {
    const Api* (*api)(uint32_t version);
    const char* (*version_string)();
};

/** OrtCustomOp as of version 17. */
struct CustomOp {
    uint32_t version;
    void* (*create_kernel_1)(const CustomOp*, const Api*, const KernelInfo*);
    const char* (*name)(const CustomOp*);
    const char* (*provider)(const CustomOp*);
    ElementType (*input_type)(const CustomOp*, size_t);
    size_t (*input_type_count)(const CustomOp*);
    ElementType (*output_type)(const CustomOp*, size_t);
    size_t (*output_type_count)(const CustomOp*);
    void (*compute_1)(void*, KernelContext*);
    void (*destroy)(void*);
    Characteristic (*input_characteristic)(const CustomOp*, size_t);
    Characteristic (*output_characteristic)(const CustomOp*, size_t);
    MemoryType (*input_memory)(const CustomOp*, size_t);
    int (*variadic_input_minimum)(const CustomOp*);
    int (*variadic_input_homogeneous)(const CustomOp*);
    int (*variadic_output_minimum)(const CustomOp*);
    int (*variadic_output_homogeneous)(const CustomOp*);
    Status* (*create_kernel)(const CustomOp*, const Api*, const KernelInfo*, void**);
    Status* (*compute)(void*, KernelContext*);
    Status* (*infer_shapes)(const CustomOp*, void*);
    int (*first_version)(const CustomOp*);
    int (*last_version)(const CustomOp*);
};

}  // namespace onnxruntime_abi
