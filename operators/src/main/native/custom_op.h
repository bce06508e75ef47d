// An operator of the project in ONNX Runtime: what a call gives it, and what ONNX Runtime wants to
// know of it. An operator is a struct with kName, kInputs, kRequiredInputs, kOutputs,
// kRequiredOutputs, a constructor from KernelInfo and compute(Call).
#pragma once

#include <atomic>
#include <cstdio>
#include <initializer_list>
#include <iterator>
#include <new>

#include "kernels.h"
#include "onnxruntime_abi.h"
#include "stages.h"

namespace rwkvtts {

using namespace onnxruntime_abi;

/** ONNX Runtime's functions, from the registration of the library on. */
inline const Api* api;

/** More threads than this don't help an operator; the others return at once. */
constexpr size_t kMostThreads = 64;

/** What ONNX Runtime is told of a call that failed. */
struct Failure {
    Status* status;
};

inline void check(Status* status) {
    if (status != nullptr) {
        throw Failure{status};
    }
}

/** Does something on behalf of ONNX Runtime, which knows no exceptions. */
template <typename Body>
Status* guarded(const Body& body) {
    try {
        body();
        return nullptr;
    } catch (const Failure& failure) {
        return failure.status;
    } catch (const std::bad_alloc&) {
        return api->create_status(kFail, "out of memory");
    } catch (...) {
        return api->create_status(kFail, "an operator failed");
    }
}

/** One call of an operator. */
class Call {
  public:
    explicit Call(KernelContext* context) : context_(context) {
        check(api->input_count(context, &inputs_));
    }

    /** The numbers of an input, null if it was left out. */
    template <typename Number>
    const Number* input(size_t index) const {
        const Value* value = value_of(index);
        if (value == nullptr) {
            return nullptr;
        }
        void* data;
        check(api->data(const_cast<Value*>(value), &data));
        return static_cast<const Number*>(data);
    }

    /** Three inputs from this one on. */
    Sums sums(size_t index) const {
        return {input<int32_t>(index), input<float>(index + 1), input<float>(index + 2)};
    }

    /** Whether an input was given. */
    bool has(size_t index) const { return value_of(index) != nullptr; }

    /** Requires that each of some inputs holds this many numbers: the kernels trust in it. */
    void require_count(std::initializer_list<size_t> indices, int64_t expected) const {
        for (const size_t index : indices) {
            const int64_t found = has(index) ? count(index) : 0;
            if (found != expected) {
                char message[96];
                std::snprintf(message, sizeof message, "input %zu holds %lld numbers, expected %lld",
                    index, static_cast<long long>(found), static_cast<long long>(expected));
                require(false, message);
            }
        }
    }

    /** The same for sums and their scales, from this input on. */
    void require_sums(size_t index, int64_t rows, int64_t width) const {
        require_count({index}, rows * width);
        require_count({index + 1}, rows);
        require_count({index + 2}, width);
    }

    /** T of [B·T, width] rows, for as many sequences as an input has. */
    int64_t tokens(int64_t rows, size_t sequences_of) const {
        const int64_t sequences = size(sequences_of, 0);
        require(sequences > 0 && rows > 0 && rows % sequences == 0, "rows are not B times T");
        return rows / sequences;
    }

    static void require(bool condition, const char* otherwise) {
        if (!condition) {
            throw Failure{api->create_status(kInvalidArgument, otherwise)};
        }
    }

    /** The size of an input's dimension. */
    int64_t size(size_t index, size_t dimension) const {
        const Sizes sizes = sizes_of(index);
        require(dimension < sizes.count, "an input lacks a dimension");
        return sizes.of[dimension];
    }

    template <typename Number>
    Number* output(size_t index, std::initializer_list<int64_t> sizes) const {
        Value* value = nullptr;
        check(api->output(context_, index, sizes.begin(), sizes.size(), &value));
        require(value != nullptr, "the node lacks an output");
        void* data;
        check(api->data(value, &data));
        return static_cast<Number*>(data);
    }

    /** Two outputs from this one on. */
    Bytes bytes(size_t index, int64_t rows, int64_t width) const {
        return {output<uint8_t>(index, {rows, width}), output<float>(index + 1, {rows}), width};
    }

    /** What the kernels of the provider run in. */
    void* stream() const {
        void* stream = nullptr;
        check(api->stream(context_, &stream));
        return stream;
    }

    /** Runs work(worker) alone, or on the threads of the session, which share its stages. */
    template <typename Work>
    void together(bool alone, const Work& work) const {
        struct Task {
            const Work& work;
            Stages stages;
        } task{work, {}};
        const auto run = [](void* data, size_t) {
            Task& task = *static_cast<Task*>(data);
            Worker worker(task.stages);
            task.work(worker);
        };
        if (alone) {
            run(&task, 0);
        } else {
            check(api->parallel_for(context_, run, kMostThreads, 0, &task));
        }
        if (task.stages.failed()) {
            throw std::bad_alloc();
        }
    }

  private:
    static constexpr size_t kMostDimensions = 4;

    struct Sizes {
        int64_t of[kMostDimensions];
        size_t count;
    };

    Sizes sizes_of(size_t index) const {
        Shape* shape;
        check(api->shape(value_of(index), &shape));
        Sizes sizes{};
        Status* status = api->dimension_count(shape, &sizes.count);
        if (status == nullptr && sizes.count <= kMostDimensions) {
            status = api->dimensions(shape, sizes.of, sizes.count);
        }
        api->release_shape(shape);
        check(status);
        require(sizes.count <= kMostDimensions, "an input has too many dimensions");
        return sizes;
    }

    int64_t count(size_t index) const {
        const Sizes sizes = sizes_of(index);
        int64_t count = 1;
        for (size_t i = 0; i < sizes.count; i++) {
            count *= sizes.of[i];
        }
        return count;
    }

    const Value* value_of(size_t index) const {
        const Value* value = nullptr;
        if (index < inputs_) {
            check(api->input(context_, index, &value));
        }
        return value;
    }

    KernelContext* context_;
    size_t inputs_;
};

/**
 * The rows and sequences that a kernel last checked its inputs for. A model has the same widths at
 * every call, so the steps of an unchanged batch need not look at them again.
 */
class CheckedSizes {
  public:
    template <typename Check>
    void once(int64_t rows, int64_t sequences, const Check& inputs) const {
        const int64_t sizes = rows << 32 | sequences;
        // Calls of several threads may check the same sizes twice, which does no harm.
        if (checked_.load(std::memory_order_relaxed) != sizes) {
            inputs();
            checked_.store(sizes, std::memory_order_relaxed);
        }
    }

  private:
    mutable std::atomic<int64_t> checked_{-1};
};

/** What ONNX Runtime wants to know of an operator. */
template <typename Op>
struct Description : CustomOp {
    /** Of ONNX Runtime; null for the CPU's. */
    const char* const provider_name;

    explicit Description(const char* on) : CustomOp{}, provider_name(on) {
        version = kVersion;
        name = [](const CustomOp*) { return Op::kName; };
        provider = [](const CustomOp* op) {
            return static_cast<const Description*>(op)->provider_name;
        };
        input_type = [](const CustomOp*, size_t i) { return Op::kInputs[i]; };
        input_type_count = [](const CustomOp*) {
            return std::size(Op::kInputs);
        };
        output_type = [](const CustomOp*, size_t i) { return Op::kOutputs[i]; };
        output_type_count = [](const CustomOp*) {
            return std::size(Op::kOutputs);
        };
        input_characteristic = [](const CustomOp*, size_t i) {
            return i < Op::kRequiredInputs ? kRequired : kOptional;
        };
        output_characteristic = [](const CustomOp*, size_t i) {
            return i < Op::kRequiredOutputs ? kRequired : kOptional;
        };
        input_memory = [](const CustomOp*, size_t) { return kDefaultMemory; };
        variadic_input_minimum = [](const CustomOp*) { return 0; };
        variadic_input_homogeneous = [](const CustomOp*) { return 0; };
        variadic_output_minimum = [](const CustomOp*) { return 0; };
        variadic_output_homogeneous = [](const CustomOp*) { return 0; };
        first_version = [](const CustomOp*) { return 1; };
        last_version = [](const CustomOp*) { return 1; };
        create_kernel = [](const CustomOp*, const Api*, const KernelInfo* info, void** kernel) {
            return guarded([&] { *kernel = new Op(info); });
        };
        compute = [](void* kernel, KernelContext* context) {
            return guarded([&] { static_cast<Op*>(kernel)->compute(Call(context)); });
        };
        destroy = [](void* kernel) { delete static_cast<Op*>(kernel); };
    }
};

/** The function RegisterCustomOps of a library: adds a domain that the library makes once. */
inline Status* register_domain(SessionOptions* options, const ApiBase* base, Domain* (*domain)()) {
    // Java registers one session at a time; threads of earlier ones read this.
    if (api == nullptr) {
        api = base->api(kVersion);
    }
    if (api == nullptr) {
        return base->api(1)->create_status(kFail, "ONNX Runtime is older than 1.17");
    }
    return guarded([&] { check(api->add_domain(options, domain())); });
}

/** Makes a domain of operators, which must live as long as the process: sessions refer to them. */
inline Domain* make_domain(const char* name, std::initializer_list<const CustomOp*> operators) {
    Domain* domain;
    check(api->create_domain(name, &domain));
    for (const CustomOp* op : operators) {
        check(api->add_operator(domain, op));
    }
    return domain;
}

}  // namespace rwkvtts
