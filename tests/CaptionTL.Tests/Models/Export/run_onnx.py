"""run_onnx.py ENGINE MODEL FOLDER: checks an ONNX model and runs it.

Inputs are FOLDER/NAME.npy for every input of the graph; outputs are written as FOLDER/NAME.npy (fp32).
ENGINE is opencv (cv2.dnn), numpy (the operators of ONNX's specification as written below) or check (nothing is run).
"""
import math
import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper, shape_inference


def main(engine, path, folder):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    inputs = {v.name: np.load(os.path.join(folder, v.name + ".npy")) for v in model.graph.input} if engine != "check" else {}
    names = [v.name for v in model.graph.output]
    if engine == "opencv":
        outputs = run_opencv(path, inputs, names)
    elif engine == "numpy":
        outputs = run_numpy(model.graph, inputs, names)
    else:
        return
    for name, value in zip(names, outputs):
        np.save(os.path.join(folder, name + ".npy"), np.ascontiguousarray(value, np.float32))


def run_opencv(path, inputs, names):
    import cv2

    # OpenCV 4.6 knows Clip only with its bounds as attributes, as it was before opset 11.
    model = onnx.load(path)
    constants = {c.name: numpy_helper.to_array(c) for c in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Clip":
            bounds = [float(constants[name]) for name in node.input[1:]]
            del node.input[1:]
            node.attribute.extend(onnx.helper.make_attribute(n, b) for n, b in zip(("min", "max"), bounds))
    net = cv2.dnn.readNetFromONNX(model.SerializeToString())
    for name, value in inputs.items():
        net.setInput(value, name)
    return net.forward(names)


def windows(x, kernel, strides, pads, dilations, value):
    """(N, C, H, W) to (N, C, h, w, kh, kw)."""
    x = np.pad(x, [(0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])], constant_values=value)
    extent = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    seen = np.lib.stride_tricks.sliding_window_view(x, extent, (2, 3))
    return seen[:, :, :: strides[0], :: strides[1], :: dilations[0], :: dilations[1]]


def conv(x, w, b=None, kernel_shape=(), strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), group=1):
    seen = windows(x, kernel_shape, strides, pads, dilations, 0)
    seen = seen.reshape(len(x), group, -1, *seen.shape[2:])
    y = np.einsum("ngchwij,gocij->ngohw", seen, w.reshape(group, -1, *w.shape[1:]), optimize=True)
    y = y.reshape(len(x), -1, *y.shape[3:])
    return y if b is None else y + b.reshape(1, -1, 1, 1)


def pool(how, value):
    def run(x, kernel_shape, strides, pads=(0, 0, 0, 0), dilations=(1, 1), ceil_mode=0, count_include_pad=0):
        assert not ceil_mode
        seen = windows(x, kernel_shape, strides, pads, dilations, value)
        if how is np.mean and not count_include_pad:
            real = windows(np.ones_like(x), kernel_shape, strides, pads, dilations, 0)
            return seen.sum(axis=(4, 5)) / real.sum(axis=(4, 5))
        return how(seen, axis=(4, 5))

    return run


def pad(x, pads, value=0):
    return np.pad(x, list(zip(pads[: x.ndim], pads[x.ndim :])), constant_values=value)


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def top_k(x, k, axis=-1, largest=1, sorted=1):
    order = np.argsort(-x if largest else x, axis=axis, kind="stable").take(range(int(k[0])), axis=axis)
    return np.take_along_axis(x, order, axis), order


def cut(x, starts, ends, axes):
    at = [slice(None)] * x.ndim
    for start, end, axis in zip(starts, ends, axes):
        at[axis] = slice(int(start), int(end))
    return x[tuple(at)]


OPERATORS = {
    "Abs": np.abs,
    "Add": np.add,
    "AveragePool": pool(np.mean, 0),
    "Cast": lambda x, to: x.astype(np.float32),
    "Concat": lambda *x, axis: np.concatenate(x, axis),
    "Conv": conv,
    "Div": np.divide,
    "Erf": np.vectorize(math.erf, otypes=[np.float32]),
    "Exp": np.exp,
    "Gather": lambda x, i, axis=0: np.take(x, i, axis),
    "Gemm": lambda a, b, c=0, transB=0: a @ (b.T if transB else b) + c,
    "GlobalAveragePool": lambda x: x.mean(axis=(2, 3), keepdims=True),
    "GreaterOrEqual": np.greater_equal,
    "HardSigmoid": lambda x, alpha, beta: np.clip(alpha * x + beta, 0, 1),
    "Identity": lambda x: x,
    "Less": np.less,
    "LogSoftmax": lambda x, axis: np.log(softmax(x, axis)),
    "MatMul": np.matmul,
    "Max": np.maximum,
    "MaxPool": pool(np.max, -np.inf),
    "Mul": np.multiply,
    "Pad": pad,
    "ReduceMax": lambda x, axes, keepdims: x.max(axis=tuple(axes), keepdims=bool(keepdims)),
    "ReduceMean": lambda x, axes, keepdims: x.mean(axis=tuple(axes), keepdims=bool(keepdims)),
    "ReduceSum": lambda x, axes, keepdims: x.sum(axis=tuple(axes), keepdims=bool(keepdims)),
    "Relu": lambda x: np.maximum(x, 0),
    "Reshape": lambda x, shape: x.reshape([x.shape[i] if s == 0 else s for i, s in enumerate(shape)]),
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Slice": cut,
    "Softmax": softmax,
    "Split": lambda x, sizes, axis: np.split(x, np.cumsum(sizes)[:-1], axis),
    "Sqrt": np.sqrt,
    "Sub": np.subtract,
    "Tanh": np.tanh,
    "TopK": top_k,
    "Transpose": lambda x, perm: x.transpose(perm),
}


def run_numpy(graph, inputs, names):
    values = {c.name: numpy_helper.to_array(c) for c in graph.initializer} | inputs
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        result = OPERATORS[node.op_type](*[values[i] for i in node.input], **attributes)
        values.update(zip(node.output, result if len(node.output) > 1 else [result]))
    return [values[name] for name in names]


main(*sys.argv[1:])
