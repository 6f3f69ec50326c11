"""One frozen CNN up to its last convolution in PyTorch, to be timed beside the C# program.

    /usr/bin/python3 encoders.py --network resnet50 --mode tuned

plain is the network as torchvision and timm give it: fp32, eval, no_grad, the default layout. tuned has
batch-norms folded into the convolutions, channels-last memory and activations in place, and bf16 where
the processor has instructions for it. export writes the plain network to --out with torch.onnx.export, for
any number of images. Weights and images are random: only time and memory are measured.
Prints one JSON object. Needs torch and torchvision (Debian: python3-torch, python3-torchvision).
"""
import argparse
import json
import resource
import time

import torch
from torch.fx.experimental.optimization import fuse
from torchvision import models

from captioner import ConvUnit, lite0

BF16_FLAGS = {"avx512_bf16", "amx_bf16"}


def network(name):
    """(n, 3, h, w) -> the grid in front of the top."""
    if name == "tf_efficientnet_lite0":
        return lite0()
    model = getattr(models, name)(weights=None).eval()
    return model.features if hasattr(model, "features") else torch.nn.Sequential(*list(model.children())[:-2])


def folded(model):
    units = [m for m in model.modules() if isinstance(m, ConvUnit)]
    for unit in units:
        unit.fold()
    return model if units else fuse(model)


def has_bf16():
    with open("/proc/cpuinfo") as info:
        return bool(BF16_FLAGS & set(info.read().split()))


@torch.no_grad()
def measure(a):
    model, images = network(a.network), torch.rand(a.images, 3, a.pixels, a.pixels) * 2 - 1
    dtype = torch.bfloat16 if a.mode == "tuned" and has_bf16() else torch.float32
    if a.mode == "tuned":
        model = folded(model).to(dtype=dtype, memory_format=torch.channels_last)
        images = images.to(dtype=dtype, memory_format=torch.channels_last)
    model(images)
    times, begin = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begin < a.seconds:
        start = time.perf_counter()
        model(images)
        times.append(time.perf_counter() - start)
    return {
        "network": a.network, "mode": a.mode, "arithmetic": str(dtype).removeprefix("torch."),
        "images_per_second": round(a.images / sorted(times)[len(times) // 2], 2),
        "peak_mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True)
    parser.add_argument("--mode", choices=["plain", "tuned", "export"], required=True)
    parser.add_argument("--out")
    for name, default in dict(threads=2, images=16, pixels=224, seconds=10).items():
        parser.add_argument("--" + name, type=int, default=default)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    if a.mode == "export":
        torch.onnx.export(network(a.network), torch.rand(2, 3, a.pixels, a.pixels), a.out, opset_version=13, input_names=["pixels"], output_names=["grid"], dynamic_axes={"pixels": {0: "n"}, "grid": {0: "n"}})
        return
    print(json.dumps(measure(a)))


if __name__ == "__main__":
    main()
