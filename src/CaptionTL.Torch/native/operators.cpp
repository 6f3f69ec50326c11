// Any ATen operator, found by name and overload and called boxed through libtorch's dispatcher.
#include "bridge.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/List.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <torch/version.h>

#include <cstdlib>
#include <vector>

namespace {

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 5)
using OptionalTensor = std::optional<at::Tensor>;
#else
using OptionalTensor = c10::optional<at::Tensor>;
#endif

// Same numbers as enum ValueKind in Interop/NativeValue.cs.
enum Kind : int32_t { None, Int, Double, Bool, Tensor, IntList, DoubleList, BoolList, TensorList, String, Device, Generator, Complex, Missing };

struct Value {
  int32_t kind;
  int32_t length;  // elements of a list, bytes of a string, index of a device
  union {
    int64_t i;  // also: type of a device
    double d;
    const void* p;
  };
};

// What an argument's schema type asks of a value, worked out once an operator.
enum class Wants : uint8_t { AsIs, Double, Bool, IntList, DoubleList, BoolList, TensorList, OptionalTensorList, ScalarList };

struct Argument {
  Wants wants;
  int32_t count;  // of a fixed-size list such as int[2]: one number stands for so many
  bool hasDefault;
  c10::IValue standard;
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Argument> arguments;
};

Wants wanted(const c10::Type& type) {
  switch (type.kind()) {
    case c10::TypeKind::OptionalType: return wanted(*type.castRaw<c10::OptionalType>()->getElementType());
    case c10::TypeKind::FloatType: return Wants::Double;
    case c10::TypeKind::BoolType: return Wants::Bool;
    case c10::TypeKind::ListType: {
      const auto& element = *type.castRaw<c10::ListType>()->getElementType();
      switch (element.kind()) {
        case c10::TypeKind::FloatType: return Wants::DoubleList;
        case c10::TypeKind::BoolType: return Wants::BoolList;
        case c10::TypeKind::TensorType: return Wants::TensorList;
        case c10::TypeKind::OptionalType: return Wants::OptionalTensorList;
        case c10::TypeKind::NumberType: return Wants::ScalarList;
        default: return Wants::IntList;
      }
    }
    default: return Wants::AsIs;
  }
}

template <class T>
c10::List<T> repeated(T value, int32_t count) {
  c10::List<T> list;
  for (int32_t k = 0; k < std::max(count, 1); ++k) list.push_back(value);
  return list;
}

template <class To, class From>
c10::IValue copied(const Value& v) {
  c10::List<To> list;
  list.reserve(v.length);
  for (int32_t k = 0; k < v.length; ++k) list.push_back(static_cast<To>(static_cast<const From*>(v.p)[k]));
  return list;
}

c10::IValue numbers(const Value& v, Wants wants) {
  const bool integers = v.kind == IntList;
  if (wants == Wants::DoubleList) return integers ? copied<double, int64_t>(v) : copied<double, double>(v);
  if (wants == Wants::BoolList) return copied<bool, uint8_t>(v);
  if (wants == Wants::ScalarList) {
    c10::List<at::Scalar> list;
    for (int32_t k = 0; k < v.length; ++k)
      list.push_back(integers ? at::Scalar(static_cast<const int64_t*>(v.p)[k]) : at::Scalar(static_cast<const double*>(v.p)[k]));
    return list;
  }
  if (v.kind == DoubleList) return copied<double, double>(v);  // the kernel says what it expected
  return copied<int64_t, int64_t>(v);
}

c10::IValue tensors(const Value& v, Wants wants) {
  auto handles = static_cast<const TensorHandle*>(v.p);
  if (wants == Wants::OptionalTensorList) {
    c10::List<OptionalTensor> list;
    list.reserve(v.length);
    for (int32_t k = 0; k < v.length; ++k) list.push_back(handles[k] ? OptionalTensor(borrow(handles[k])) : OptionalTensor());
    return list;
  }
  c10::List<at::Tensor> list;
  list.reserve(v.length);
  for (int32_t k = 0; k < v.length; ++k) list.push_back(borrow(handles[k]));
  return list;
}

c10::IValue toIValue(const Value& v, const Argument& a) {
  switch (v.kind) {
    case Int:
      switch (a.wants) {
        case Wants::Double: return static_cast<double>(v.i);
        case Wants::Bool: return v.i != 0;
        case Wants::IntList: return repeated<int64_t>(v.i, a.count);
        case Wants::DoubleList: return repeated<double>(static_cast<double>(v.i), a.count);
        default: return v.i;
      }
    case Double: return a.wants == Wants::DoubleList ? c10::IValue(repeated<double>(v.d, a.count)) : c10::IValue(v.d);
    case Bool: return v.i != 0;
    case Tensor: return borrow(static_cast<TensorHandle>(const_cast<void*>(v.p)));
    case IntList:
    case DoubleList:
    case BoolList: return numbers(v, a.wants);
    case TensorList: return tensors(v, a.wants);
    case String: return std::string(static_cast<const char*>(v.p), static_cast<size_t>(v.length));
    case Device: return c10::Device(static_cast<c10::DeviceType>(v.i), static_cast<c10::DeviceIndex>(v.length));
    case Generator: return *static_cast<const at::Generator*>(v.p);
    case Complex: return c10::complex<double>(static_cast<const double*>(v.p)[0], static_cast<const double*>(v.p)[1]);
    default: return c10::IValue();
  }
}

// A list goes out as a malloc'ed array, freed with ct_free.
template <class T, class Container, class Convert>
Value listed(Kind kind, const Container& items, Convert convert) {
  Value v{kind, static_cast<int32_t>(items.size()), {}};
  auto array = static_cast<T*>(std::malloc(std::max<size_t>(items.size(), 1) * sizeof(T)));
  size_t k = 0;
  for (const auto& item : items) array[k++] = convert(item);
  v.p = array;
  return v;
}

Value toValue(c10::IValue&& i) {
  Value v{None, 0, {}};
  if (i.isTensor()) {
    v.kind = Tensor;
    v.p = own(std::move(i).toTensor());
  } else if (i.isTensorList()) {
    v = listed<TensorHandle>(TensorList, i.toTensorVector(), [](const at::Tensor& t) { return own(t); });
  } else if (i.isBool()) {
    v.kind = Bool;
    v.i = i.toBool();
  } else if (i.isInt()) {
    v.kind = Int;
    v.i = i.toInt();
  } else if (i.isDouble()) {
    v.kind = Double;
    v.d = i.toDouble();
  } else if (i.isIntList()) {
    v = listed<int64_t>(IntList, i.toIntVector(), [](int64_t x) { return x; });
  } else if (i.isComplexDouble()) {
    std::vector<double> parts{i.toComplexDouble().real(), i.toComplexDouble().imag()};
    v = listed<double>(Complex, parts, [](double x) { return x; });
  } else {
    TORCH_CHECK(i.isNone(), "the operator returned ", i.tagKind(), ", which the bridge cannot hand out");
  }
  return v;
}

}  // namespace

CT_API int ct_op_find(const char* name, const char* overload, void** op) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "this libtorch (", TORCH_VERSION, ") has no operator ", name, " with overload '", overload, "'");
    auto found = new Operator{*handle, {}};
    for (const auto& a : handle->schema().arguments()) {
      const auto& standard = a.default_value();
      found->arguments.push_back({wanted(*a.type()), a.N() ? static_cast<int32_t>(*a.N()) : 1, standard.has_value(), standard ? *standard : c10::IValue()});
    }
    *op = found;
  });
}

// Arguments left out at the end, and those of kind Missing, take the schema's defaults. *found is the number of results.
CT_API int ct_op_call(const void* op, const Value* values, int32_t count, Value* results, int32_t capacity, int32_t* found) {
  return guarded([&] {
    const auto& target = *static_cast<const Operator*>(op);
    const auto n = static_cast<int32_t>(target.arguments.size());
    TORCH_CHECK(count <= n, target.handle.schema(), " was given ", count, " arguments");
    c10::Stack stack;
    stack.reserve(static_cast<size_t>(n));
    for (int32_t k = 0; k < n; ++k) {
      const auto& a = target.arguments[static_cast<size_t>(k)];
      if (k < count && values[k].kind != Missing) {
        stack.push_back(toIValue(values[k], a));
      } else {
        TORCH_CHECK(a.hasDefault, target.handle.schema(), ": argument ", k, " is missing");
        stack.push_back(a.standard);
      }
    }
    target.handle.callBoxed(&stack);
    *found = static_cast<int32_t>(stack.size());
    for (int32_t k = 0; k < *found && k < capacity; ++k) results[k] = toValue(std::move(stack[static_cast<size_t>(k)]));
  });
}

CT_API void ct_free(void* memory) { std::free(memory); }
