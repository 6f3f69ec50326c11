// Everything that is not an operator: what a tensor is, autograd, generators, modes, threads, devices.
#include "bridge.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Once, when the library is loaded.
__attribute__((constructor)) static void ct_start() noexcept {
#ifdef __GLIBC__
  // By default glibc returns blocks of some MiB to the kernel as soon as they are free, and every step of a network pays for
  // their page faults again: half of an encoder's time. Keep them.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2047 << 20);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
  // libtorch counts cores, and takes two virtual processors of one core for one thread's worth; TorchSharp's builds take all.
  if (!std::getenv("OMP_NUM_THREADS")) guarded([] { at::set_num_threads(static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))); });
}

std::atomic<int64_t> ct_live{0};
thread_local std::string ct_message;

void ct_set_message(const char* text) noexcept {
  try {
    ct_message = text;
    auto stack = ct_message.find("\nException raised from");
    if (stack != std::string::npos) ct_message.resize(stack);
    while (!ct_message.empty() && ct_message.back() == '\n') ct_message.pop_back();
  } catch (...) {
    ct_message.clear();
  }
}

CT_API const char* ct_error() { return ct_message.c_str(); }
CT_API const char* ct_version() { return TORCH_VERSION; }
CT_API int64_t ct_live_tensors() { return ct_live.load(std::memory_order_relaxed); }

// ---- tensors ----

struct Info {
  const int64_t* sizes;  // both valid until the tensor is freed or resized
  const int64_t* strides;
  int64_t dimensions, elements, offset;
  int32_t element_size, dtype, device, device_index, layout, flags;
};

enum Flags { RequiresGrad = 1, IsLeaf = 2, IsContiguous = 4, IsInference = 8, IsConj = 16, IsNeg = 32, IsChannelsLast = 64 };

CT_API int ct_tensor_info(TensorHandle handle, Info* info) {
  return guarded([&] {
    auto tensor = borrow(handle);
    const bool strided = tensor.layout() == c10::kStrided;
    info->sizes = tensor.sizes().data();
    info->strides = strided ? tensor.strides().data() : nullptr;
    info->dimensions = tensor.dim();
    info->elements = tensor.numel();
    info->offset = strided ? tensor.storage_offset() : 0;
    info->element_size = static_cast<int32_t>(tensor.dtype().itemsize());
    info->dtype = static_cast<int32_t>(tensor.scalar_type());
    info->device = static_cast<int32_t>(tensor.device().type());
    info->device_index = tensor.device().index();
    info->layout = static_cast<int32_t>(tensor.layout());
    info->flags = (tensor.requires_grad() ? RequiresGrad : 0) | (tensor.is_leaf() ? IsLeaf : 0) | (strided && tensor.is_contiguous() ? IsContiguous : 0) |
        (tensor.is_inference() ? IsInference : 0) | (tensor.is_conj() ? IsConj : 0) | (tensor.is_neg() ? IsNeg : 0) |
        (strided && tensor.dim() == 4 && tensor.is_contiguous(at::MemoryFormat::ChannelsLast) ? IsChannelsLast : 0);
  });
}

CT_API int ct_tensor_data(TensorHandle handle, void** data) {
  return guarded([&] { *data = borrow(handle).data_ptr(); });
}

CT_API int ct_tensor_free(TensorHandle handle) {
  return guarded([&] {
    ct_live.fetch_sub(1, std::memory_order_relaxed);
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(handle);
  });
}

CT_API int ct_tensor_share(TensorHandle handle, TensorHandle* other) {
  return guarded([&] { *other = own(borrow(handle)); });
}


// ---- autograd ----

static std::vector<at::Tensor> borrowed(const TensorHandle* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(static_cast<size_t>(count));
  for (int32_t k = 0; k < count; ++k) tensors.push_back(borrow(handles[k]));
  return tensors;
}

CT_API int ct_set_requires_grad(TensorHandle handle, int32_t on) {
  return guarded([&] { borrow(handle).set_requires_grad(on != 0); });
}

CT_API int ct_get_grad(TensorHandle handle, TensorHandle* grad) {
  return guarded([&] { *grad = own(borrow(handle).grad()); });
}

CT_API int ct_set_grad(TensorHandle handle, TensorHandle grad) {
  return guarded([&] { borrow(handle).mutable_grad() = borrow(grad); });
}

CT_API int ct_retain_grad(TensorHandle handle) {
  return guarded([&] { borrow(handle).retain_grad(); });
}

CT_API int ct_backward(const TensorHandle* tensors, int32_t n, const TensorHandle* grads, int32_t n_grads, int32_t retain_graph, int32_t create_graph,
                       const TensorHandle* inputs, int32_t n_inputs) {
  return guarded([&] {
    torch::autograd::backward(borrowed(tensors, n), borrowed(grads, n_grads), retain_graph != 0, create_graph != 0, borrowed(inputs, n_inputs));
  });
}

CT_API int ct_grad(const TensorHandle* outputs, int32_t n, const TensorHandle* inputs, int32_t n_inputs, const TensorHandle* grads, int32_t n_grads,
                   int32_t retain_graph, int32_t create_graph, int32_t allow_unused, TensorHandle* results) {
  return guarded([&] {
    auto found = torch::autograd::grad(borrowed(outputs, n), borrowed(inputs, n_inputs), borrowed(grads, n_grads), retain_graph != 0, create_graph != 0,
                                       allow_unused != 0);
    for (size_t k = 0; k < found.size(); ++k) results[k] = own(found[k]);
  });
}

CT_API int32_t ct_grad_enabled() { return c10::GradMode::is_enabled(); }
CT_API void ct_set_grad_enabled(int32_t on) { c10::GradMode::set_enabled(on != 0); }
CT_API int32_t ct_inference_enabled() { return c10::InferenceMode::is_enabled(); }
CT_API int ct_inference_begin(int32_t on, void** guard) {
  return guarded([&] { *guard = new c10::InferenceMode(on != 0); });
}
CT_API int ct_inference_end(void* guard) {
  return guarded([&] { delete static_cast<c10::InferenceMode*>(guard); });
}
CT_API void ct_anomaly(int32_t set, int32_t on, int32_t check_nan, int32_t* was, int32_t* checked) {
  *was = torch::autograd::AnomalyMode::is_enabled();
  *checked = torch::autograd::AnomalyMode::should_check_nan();
  if (set) torch::autograd::AnomalyMode::set_enabled(on != 0, check_nan != 0);
}

// ---- random numbers ----

CT_API int ct_manual_seed(int64_t seed) {
  return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

// A generator of its own (seeded), or the device's default one.
CT_API int ct_generator_new(int32_t device, int32_t index, int32_t standard, int64_t seed, void** generator) {
  return guarded([&] {
    c10::Device where(static_cast<c10::DeviceType>(device), static_cast<c10::DeviceIndex>(index));
    auto found = standard || where.type() != c10::kCPU ? at::globalContext().defaultGenerator(where)
                                                       : at::detail::createCPUGenerator(static_cast<uint64_t>(seed));
    if (!standard && where.type() != c10::kCPU) {
      found = found.clone();
      found.set_current_seed(static_cast<uint64_t>(seed));
    }
    *generator = new at::Generator(found);
  });
}

CT_API int ct_generator_free(void* generator) {
  return guarded([&] { delete static_cast<at::Generator*>(generator); });
}

// what: 0 current seed, 1 set the seed to *value, 2 a fresh seed from the machine.
CT_API int ct_generator_seed(void* generator, int32_t what, int64_t* value) {
  return guarded([&] {
    auto& g = *static_cast<at::Generator*>(generator);
    std::lock_guard<std::mutex> lock(g.mutex());
    if (what == 1) g.set_current_seed(static_cast<uint64_t>(*value));
    *value = static_cast<int64_t>(what == 2 ? g.seed() : g.current_seed());
  });
}

CT_API int ct_generator_get_state(void* generator, TensorHandle* state) {
  return guarded([&] {
    auto& g = *static_cast<at::Generator*>(generator);
    std::lock_guard<std::mutex> lock(g.mutex());
    *state = own(g.get_state());
  });
}

CT_API int ct_generator_set_state(void* generator, TensorHandle state) {
  return guarded([&] {
    auto& g = *static_cast<at::Generator*>(generator);
    std::lock_guard<std::mutex> lock(g.mutex());
    g.set_state(borrow(state));
  });
}

// ---- threads and devices ----

CT_API int32_t ct_get_threads(int32_t interop) { return interop ? at::get_num_interop_threads() : at::get_num_threads(); }
CT_API int ct_set_threads(int32_t interop, int32_t count) {
  return guarded([&] { interop ? at::set_num_interop_threads(count) : at::set_num_threads(count); });
}

// How many devices of a type libtorch can use: 0 where its backend is not loaded.
CT_API int ct_device_count(int32_t type, int32_t* count) {
  return guarded([&] {
    auto device = static_cast<c10::DeviceType>(type);
    *count = c10::impl::hasDeviceGuardImpl(device) ? c10::impl::getDeviceGuardImpl(device)->deviceCount() : 0;
  });
}

// Waits for what the device's current stream was given.
CT_API int ct_synchronize(int32_t type, int32_t index) {
  return guarded([&] {
    auto device = static_cast<c10::DeviceType>(type);
    if (!c10::impl::hasDeviceGuardImpl(device)) return;
    const auto* guard = c10::impl::getDeviceGuardImpl(device);
    guard->getStream(index < 0 ? guard->getDevice() : c10::Device(device, static_cast<c10::DeviceIndex>(index))).synchronize();
  });
}

CT_API int ct_set_matmul_precision(int32_t tf32_matmul, int32_t tf32_cudnn) {
  return guarded([&] {
    if (tf32_matmul >= 0) at::globalContext().setAllowTF32CuBLAS(tf32_matmul != 0);
    if (tf32_cudnn >= 0) at::globalContext().setAllowTF32CuDNN(tf32_cudnn != 0);
  });
}
