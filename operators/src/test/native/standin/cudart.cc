// A stand-in for CUDA's runtime (libcudart.so.12) on a machine without a card: one device, whose
// memory this process can't touch but while a kernel or a copy of it runs. So ONNX Runtime's CUDA
// provider can be loaded, gets its memory, captures and replays graphs. Kernels of the project's own
// operators run, emulated; those of ONNX Runtime or cuBLAS are refused. Streams do all at once, in
// the order of the calls.

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

namespace {

// Errors, by CUDA's numbers.
enum Error {
    kSuccess = 0,
    kInvalidValue = 1,
    kOutOfMemory = 2,
    kNoDevice = 101,
    kLaunchFailure = 719,
    kNotSupported = 801,
    kNotInCapture = 900,
};

constexpr size_t kDeviceBytes = size_t{8} << 30;
constexpr size_t kAlignment = 256;

std::recursive_mutex lock;
using Guard = std::lock_guard<std::recursive_mutex>;

int last_error;

int result(int error) {
    if (error != kSuccess) {
        last_error = error;
    }
    return error;
}

/** What was asked of the device. */
struct {
    int64_t launches, copies, allocations, graphs, launches_left = INT64_MAX, bytes_left = INT64_MAX;
} device;

/** The memory of the device: an area of addresses, pieces of which are given away. */
class DeviceMemory {
  public:
    DeviceMemory()
        : base_(static_cast<char*>(mmap(nullptr, kDeviceBytes, PROT_NONE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
        if (base_ == MAP_FAILED) {
            std::abort();
        }
        free_[0] = kDeviceBytes;
    }

    void* allocate(size_t bytes) {
        const size_t size = (bytes + kAlignment - 1) / kAlignment * kAlignment;
        for (auto& [place, room] : free_) {
            if (room >= size && size > 0) {
                const size_t at = place;
                const size_t left = room - size;
                free_.erase(at);
                if (left > 0) {
                    free_[at + size] = left;
                }
                used_[at] = size;
                return base_ + at;
            }
        }
        return nullptr;
    }

    bool release(void* memory) {
        const auto piece = used_.find(static_cast<char*>(memory) - base_);
        if (piece == used_.end()) {
            return false;
        }
        free_[piece->first] = piece->second;
        used_.erase(piece);
        return true;
    }

    size_t free() const {
        size_t bytes = 0;
        for (const auto& [place, room] : free_) {
            bytes += room;
        }
        return bytes;
    }

    bool holds(const void* memory) const {
        return memory >= base_ && memory < base_ + kDeviceBytes;
    }

    /** Whether bytes lie in a piece that was given away. */
    bool valid(const void* memory, size_t bytes) const {
        const size_t at = static_cast<const char*>(memory) - base_;
        auto next = used_.upper_bound(at);
        return next != used_.begin() && (--next, at + bytes <= next->first + next->second);
    }

    void open() { protect(PROT_READ | PROT_WRITE); }

    void close() { protect(PROT_NONE); }

  private:
    void protect(int access) {
        if (mprotect(base_, kDeviceBytes, access) != 0) {
            std::abort();
        }
    }

    char* const base_;
    std::map<size_t, size_t> free_, used_;
};

DeviceMemory& memory() {
    static DeviceMemory* const made = new DeviceMemory;
    return *made;
}

/** The device works: nobody else does. */
struct Work {
    Work() { memory().open(); }
    ~Work() { memory().close(); }
};

/** A kernel with what it was launched with. */
struct Kernel {
    void (*run)(const void*);
    std::vector<char> what;
};

struct Graph {
    std::vector<Kernel> kernels;
};

struct Stream {
    Graph* capture = nullptr;
};

Stream default_stream;
int captures;
bool captures_allowed = true;

Stream& stream_of(void* stream) {
    return stream == nullptr ? default_stream : *static_cast<Stream*>(stream);
}

int copy(void* to, const void* from, size_t bytes, void* stream) {
    Guard guard(lock);
    const bool bad = (memory().holds(to) && !memory().valid(to, bytes))
        || (memory().holds(from) && !memory().valid(from, bytes));
    // A replay would copy from memory of the host that is something else by then.
    if (bad || captures > 0 || stream_of(stream).capture != nullptr) {
        return result(bad ? kInvalidValue : kNotInCapture);
    }
    device.copies++;
    Work work;
    std::memmove(to, from, bytes);
    return kSuccess;
}

int set(void* to, int value, size_t bytes) {
    Guard guard(lock);
    if (!memory().valid(to, bytes) || captures > 0) {
        return result(captures > 0 ? kNotInCapture : kInvalidValue);
    }
    Work work;
    std::memset(to, value, bytes);
    return kSuccess;
}

int allocate(void** to, size_t bytes, bool of_host) {
    Guard guard(lock);
    if (captures > 0) {
        return result(kNotInCapture);
    }
    void* const given = static_cast<int64_t>(bytes) > device.bytes_left ? nullptr
        : of_host ? std::aligned_alloc(kAlignment, (bytes + kAlignment) / kAlignment * kAlignment)
                  : memory().allocate(bytes);
    if (given == nullptr) {
        return result(kOutOfMemory);
    }
    device.bytes_left -= static_cast<int64_t>(bytes);
    device.allocations++;
    *to = given;
    return kSuccess;
}

}  // namespace

// For the operators and the tests of the project.

API int standin_launch(
    void* stream, void (*run)(const void*), const void* what, size_t bytes) {
    Guard guard(lock);
    const char* const first = static_cast<const char*>(what);
    Graph* const capture = stream_of(stream).capture;
    if (capture != nullptr) {
        capture->kernels.push_back({run, std::vector<char>(first, first + bytes)});
        return kSuccess;
    }
    if (captures > 0) {
        // Beside the stream that is captured nothing may be launched.
        return result(kNotInCapture);
    }
    if (device.launches_left-- <= 0) {
        return result(kLaunchFailure);
    }
    device.launches++;
    Work work;
    run(what);
    return kSuccess;
}

API void standin_set_limits(int64_t launches, int64_t bytes) {
    Guard guard(lock);
    device.launches_left = launches;
    device.bytes_left = bytes;
}

API void standin_allow_captures(bool allowed) {
    Guard guard(lock);
    captures_allowed = allowed;
}

API void standin_count(
    int64_t* launches, int64_t* copies, int64_t* allocations, int64_t* graphs) {
    Guard guard(lock);
    *launches = device.launches;
    *copies = device.copies;
    *allocations = device.allocations;
    *graphs = device.graphs;
}

// CUDA's runtime, as far as the provider needs it. What is not here is refused (build.sh).

API int cudaGetDeviceCount(int* count) {
    *count = 1;
    return kSuccess;
}
API int cudaSetDevice(int index) { return result(index == 0 ? kSuccess : kNoDevice); }
API int cudaGetDevice(int* index) {
    *index = 0;
    return kSuccess;
}
API int cudaDriverGetVersion(int* version) {
    *version = 12080;
    return kSuccess;
}
API int cudaRuntimeGetVersion(int* version) {
    *version = 12080;
    return kSuccess;
}

/** The first members of cudaDeviceProp of CUDA 12, and its size. */
struct DeviceProperties {
    char name[256];
    char ids[16 + 8 + 4 + 4];
    size_t total_memory, shared_memory;
    int registers, warp;
    size_t pitch;
    int threads, block[3], grid[3], clock;
    size_t constant_memory;
    int major, minor;
    char rest[1032];
};
API int cudaGetDeviceProperties_v2(DeviceProperties* properties, int) {
    std::memset(properties, 0, 1032);
    std::strcpy(properties->name, "stand-in");
    properties->total_memory = kDeviceBytes;
    properties->shared_memory = 48 << 10;
    properties->registers = 65536;
    properties->warp = 32;
    properties->threads = 1024;
    properties->major = 9;
    return kSuccess;
}
API int cudaDeviceGetAttribute(int* value, int, int) {
    *value = 1;
    return kSuccess;
}
API int cudaMemGetInfo(size_t* free, size_t* total) {
    Guard guard(lock);
    *free = memory().free();
    *total = kDeviceBytes;
    return kSuccess;
}

API int cudaMalloc(void** to, size_t bytes) { return allocate(to, bytes, false); }
API int cudaHostAlloc(void** to, size_t bytes, unsigned) { return allocate(to, bytes, true); }
API int cudaMallocHost(void** to, size_t bytes) { return allocate(to, bytes, true); }
API int cudaFree(void* given) {
    Guard guard(lock);
    return result(given == nullptr || memory().release(given) ? kSuccess : kInvalidValue);
}
API int cudaFreeHost(void* given) {
    std::free(given);
    return kSuccess;
}
API int cudaMemcpy(void* to, const void* from, size_t bytes, int) {
    return copy(to, from, bytes, nullptr);
}
API int cudaMemcpyAsync(void* to, const void* from, size_t bytes, int, void* stream) {
    return copy(to, from, bytes, stream);
}
API int cudaMemset(void* to, int value, size_t bytes) { return set(to, value, bytes); }
API int cudaMemsetAsync(void* to, int value, size_t bytes, void*) { return set(to, value, bytes); }

API int cudaStreamCreateWithFlags(void** stream, unsigned) {
    *stream = new Stream;
    return kSuccess;
}
API int cudaStreamCreate(void** stream) { return cudaStreamCreateWithFlags(stream, 0); }
API int cudaStreamDestroy(void* stream) {
    delete static_cast<Stream*>(stream);
    return kSuccess;
}
API int cudaStreamSynchronize(void*) { return kSuccess; }
API int cudaDeviceSynchronize() { return kSuccess; }
API int cudaStreamWaitEvent(void*, void*, unsigned) { return kSuccess; }
API int cudaEventCreateWithFlags(void** event, unsigned) {
    *event = new char;
    return kSuccess;
}
API int cudaEventCreate(void** event) { return cudaEventCreateWithFlags(event, 0); }
API int cudaEventDestroy(void* event) {
    delete static_cast<char*>(event);
    return kSuccess;
}
API int cudaEventRecord(void*, void*) { return kSuccess; }
API int cudaEventSynchronize(void*) { return kSuccess; }

API int cudaStreamBeginCapture(void* stream, int) {
    Guard guard(lock);
    if (!captures_allowed) {
        return result(kNotSupported);
    }
    captures++;
    stream_of(stream).capture = new Graph;
    return kSuccess;
}
API int cudaStreamIsCapturing(void* stream, int* capturing) {
    Guard guard(lock);
    *capturing = stream_of(stream).capture != nullptr;
    return kSuccess;
}
API int cudaStreamEndCapture(void* stream, void** graph) {
    Guard guard(lock);
    captures--;
    *graph = stream_of(stream).capture;
    stream_of(stream).capture = nullptr;
    return result(*graph == nullptr ? kInvalidValue : kSuccess);
}
API int cudaGraphInstantiate(void** captured, void* graph, unsigned long long) {
    *captured = new Graph(*static_cast<Graph*>(graph));
    return kSuccess;
}
API int cudaGraphLaunch(void* captured, void* stream) {
    Guard guard(lock);
    device.graphs++;
    for (const Kernel& kernel : static_cast<Graph*>(captured)->kernels) {
        const int error = standin_launch(stream, kernel.run, kernel.what.data(), kernel.what.size());
        if (error != kSuccess) {
            return error;
        }
    }
    return kSuccess;
}
API int cudaGraphDestroy(void* graph) {
    delete static_cast<Graph*>(graph);
    return kSuccess;
}
API int cudaGraphExecDestroy(void* captured) { return cudaGraphDestroy(captured); }

API int cudaGetLastError() {
    const int error = last_error;
    last_error = kSuccess;
    return error;
}
API int cudaPeekAtLastError() { return last_error; }
API const char* cudaGetErrorString(int error) {
    return error == kOutOfMemory ? "out of memory" : error == kNoDevice ? "no such device" : "refused by the stand-in";
}
API const char* cudaGetErrorName(int error) { return cudaGetErrorString(error); }

// Kernels of the provider are known and never run.
API void** __cudaRegisterFatBinary(void*) {
    static void* handle;
    return &handle;
}
API void __cudaRegisterFatBinaryEnd(void**) {}
API void __cudaUnregisterFatBinary(void**) {}
API void __cudaRegisterFunction(
    void**, const char*, char*, const char*, int, void*, void*, void*, void*, int*) {}
API void __cudaRegisterVar(void**, char*, char*, const char*, int, size_t, int, int) {}
