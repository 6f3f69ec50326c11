// What the two halves of the bridge share: handles, errors, values.
//
// A tensor handle is an owned reference to a c10::TensorImpl. Handles that cross to the caller are counted, so that a
// test can see one that nobody frees. No exception crosses: every entry returns 0, or 1 with the message in ct_error().
#pragma once
#include <ATen/core/Tensor.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <string>

#define CT_API extern "C" __attribute__((visibility("default")))

using TensorHandle = c10::TensorImpl*;

extern std::atomic<int64_t> ct_live;
extern thread_local std::string ct_message;

inline at::Tensor borrow(TensorHandle handle) {
  using Pointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;
  return handle ? at::Tensor(Pointer::reclaim_copy(handle)) : at::Tensor();
}

inline TensorHandle own(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  ct_live.fetch_add(1, std::memory_order_relaxed);
  return tensor.unsafeReleaseTensorImpl();
}

// libtorch's own text, without the C++ stack that it appends.
void ct_set_message(const char* text) noexcept;

template <class F>
int guarded(F&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& e) {
    ct_set_message(e.what_without_backtrace());
  } catch (const std::exception& e) {
    ct_set_message(e.what());
  } catch (...) {
    ct_set_message("an exception that is not a std::exception came out of libtorch");
  }
  return 1;
}
