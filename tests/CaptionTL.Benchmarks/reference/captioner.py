"""The captioner and its encoder in plain PyTorch, to be timed beside the C# program.

Same layers, sizes, batch composition and beam search as the product's default recipe. Weights and
features are random: only time is measured. Needs nothing but torch (1.13 or later; Debian:
python3-torch), runs on the CPU and prints one JSON object:

    /usr/bin/python3 captioner.py --threads 2

  train_step_seconds         one optimizer step, moving average included (median)
  captions_per_second        beam search from ready embeddings
  encoder_images_per_second  EfficientNet-Lite0 as trained: batch-norms, default layout
  encoder_images_per_second_tuned   batch-norms folded, channels-last, activations in place
"""
import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F

BOS, EOS, UNK = 1, 2, 3  # 0 is padding


# ---- encoder: EfficientNet-Lite0 up to its last convolution (Tan and Le 2019, "lite" variant) ----

class SameConv(nn.Conv2d):
    """Convolution with TensorFlow's "same" padding: the odd pixel goes to the right and bottom."""

    def forward(self, x):
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:
            return F.conv2d(x, self.weight, self.bias, 1, kernel // 2, 1, self.groups)
        height, width = (max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in x.shape[-2:])
        x = F.pad(x, (width // 2, width - width // 2, height // 2, height - height // 2))
        return F.conv2d(x, self.weight, self.bias, stride, 0, 1, self.groups)


class ConvUnit(nn.Module):
    def __init__(self, inputs, outputs, kernel=1, stride=1, groups=1, activation=True):
        super().__init__()
        self.conv = SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3)
        self.activation = nn.ReLU6() if activation else nn.Identity()

    def forward(self, x):
        return self.activation(self.norm(self.conv(x)))

    @torch.no_grad()
    def fold(self):
        """Moves the batch-norm into the convolution and lets ReLU6 overwrite its input."""
        scale = self.norm.weight / (self.norm.running_var + self.norm.eps).sqrt()
        self.conv.weight.mul_(scale[:, None, None, None])
        self.conv.bias = nn.Parameter(self.norm.bias - self.norm.running_mean * scale)
        self.norm = nn.Identity()
        if isinstance(self.activation, nn.ReLU6):
            self.activation = nn.ReLU6(inplace=True)


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        widen = [ConvUnit(inputs, hidden)] if expansion > 1 else []
        self.units = nn.Sequential(
            *widen,
            ConvUnit(hidden, hidden, kernel, stride, groups=hidden),
            ConvUnit(hidden, outputs, activation=False))
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x):
        return self.units(x) + x if self.skip else self.units(x)


def lite0():
    """(n, 3, h, w) in [-1, 1] -> (n, 1280, h/32, w/32)."""
    layers, channels = [ConvUnit(3, 32, 3, 2)], 32
    for repeats, kernel, stride, expansion, outputs in [
            (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
            (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]:
        for i in range(repeats):
            layers.append(InvertedResidual(channels, outputs, kernel, stride if i == 0 else 1, expansion))
            channels = outputs
    return nn.Sequential(*layers, ConvUnit(channels, 1280)).eval()


# ---- captioner ----

class Captioner(nn.Module):
    """An LSTM that looks at the grid for every word: attention with heads behind the LSTM, for all words at once in training."""

    def __init__(self, vocabulary, channels, hidden, cells, heads):
        super().__init__()
        self.hidden, self.heads = hidden, heads
        self.project = nn.Linear(channels, hidden)
        self.project_norm = nn.LayerNorm(hidden)
        self.initial = nn.Linear(hidden, 2 * hidden)
        self.picture_gates = nn.Linear(hidden, 4 * hidden, bias=False)
        self.key, self.value, self.query = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
        self.position = nn.Parameter(torch.zeros(cells, hidden))
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.word_gates = nn.Linear(hidden, 4 * hidden)
        self.recurrent_gates = nn.Linear(hidden, 4 * hidden, bias=False)
        self.combine = nn.Linear(2 * hidden, hidden)
        self.output_bias = nn.Parameter(torch.zeros(vocabulary))
        for layer in self.children():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
        nn.init.normal_(self.embedding.weight, 0, hidden ** -0.5)
        nn.init.ones_(self.word_gates.bias.data[hidden:2 * hidden])

    def kept(self, dropout, *shape):
        return (torch.rand(shape) >= dropout).float() / (1 - dropout) if self.training else 1

    def memory(self, grid):
        """grid (images, cells, channels) -> keys and values, (images, cells, hidden) each."""
        cells = F.dropout(F.relu(self.project_norm(self.project(grid.float()))), 0.3, self.training)
        cells = cells * self.kept(0.1, *cells.shape[:2], 1)
        return self.key(cells) + self.position, self.value(cells)

    def start(self, memory, each):
        """First h and c of `each` captions an image, and what the image adds to the gates."""
        image = memory[1].mean(1).repeat_interleave(each, 0)
        return *torch.tanh(self.initial(image)).chunk(2, 1), self.picture_gates(image)

    def gates_of(self, words):
        vectors = self.embedding(words) * self.hidden ** 0.5
        return self.word_gates(vectors * self.kept(0.3, len(words), *[1] * (words.dim() - 1), self.hidden))

    def advance(self, gates, h, c):
        i, f, g, o = (self.recurrent_gates(h) + gates).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def look(self, memory, h):
        """Rows h, an image's side by side, to what the output layer sees."""
        split = lambda x: x.reshape(len(memory[0]), -1, self.heads, self.hidden // self.heads).transpose(1, 2)
        keys, values = split(memory[0]), split(memory[1])
        weights = (split(self.query(h)) @ keys.transpose(2, 3) * (self.heads / self.hidden) ** 0.5).softmax(3)
        return torch.cat([h, (weights @ values).transpose(1, 2).reshape(-1, self.hidden)], 1)

    def scores(self, seen):
        features = F.dropout(torch.tanh(self.combine(seen)), 0.4, self.training)
        return F.linear(features, self.embedding.weight, self.output_bias)

    def forward(self, grid, words, positions):
        """words (captions, steps) -> scores (positions, vocabulary) where there is no padding."""
        memory = self.memory(grid)
        h, c, image = self.start(memory, len(words) // len(grid))
        states = []
        for gates in (self.gates_of(words) + image[:, None]).unbind(1):
            h, c = self.advance(gates, h, c)
            states.append(h)
        hidden = torch.stack(states, 1) * self.kept(0.4, len(words), 1, self.hidden)
        return self.scores(self.look(memory, hidden.flatten(0, 1))[positions])


@torch.no_grad()
def beam_search(model, grid, beams, longest, alpha):
    """The best caption of each image: highest log-probability / length ** alpha among finished ones."""
    memory, images = model.memory(grid), len(grid)
    h, c, image = model.start(memory, beams)
    words = torch.full((images * beams,), BOS)
    scores = torch.full((images, beams), -1e9)
    scores[:, 0] = 0
    history = torch.zeros(images, beams, 0, dtype=torch.long)
    best = [(-1e9, []) for _ in range(images)]
    for length in range(1, longest + 1):
        h, c = model.advance(model.gates_of(words) + image, h, c)
        log_p = model.scores(model.look(memory, h)).log_softmax(1)
        log_p[:, [0, BOS, UNK]] = -1e9
        total = (scores[:, :, None] + log_p.view(images, beams, -1)).flatten(1)
        values, places = total.topk(2 * beams, 1)
        parents, chosen = places // log_p.shape[1], places % log_p.shape[1]
        for p, (value, parent, word) in enumerate(zip(values.tolist(), parents.tolist(), chosen.tolist())):
            for rank in range(beams):
                if word[rank] == EOS:
                    best[p] = max(best[p], (value[rank] / length ** alpha, history[p, parent[rank]].tolist()))
        values, kept = values.masked_fill(chosen == EOS, -1e9).topk(beams, 1)
        scores, words, parents = values, chosen.gather(1, kept), parents.gather(1, kept)
        history = torch.cat([history.gather(1, parents[:, :, None].expand_as(history)), words[:, :, None]], 2)
        rows = (torch.arange(images)[:, None] * beams + parents).flatten()
        words, h, c = words.flatten(), h[rows], c[rows]
        # log-probabilities only fall, so no running beam can end better than this
        if all(b[0] >= s / longest ** alpha for b, s in zip(best, scores[:, 0].tolist())):
            break
    return [b[1] if b[1] else history[p, 0].tolist() for p, b in enumerate(best)]


# ---- measurement ----

def synthetic_batch(a):
    """Grids and captions of 4 to --longest words, the end included, padded to --longest; words at random."""
    captions = a.step_images * a.captions
    grid = F.relu(torch.randn(a.step_images, a.cells, a.channels) - 1).half()
    lengths = (a.steps + 3 * torch.randn(captions)).round().long().clamp(4, a.longest)
    positions = (torch.arange(a.longest) < lengths[:, None]).flatten().nonzero()[:, 0]
    words = torch.randint(4, a.vocabulary, (captions, a.longest))
    return grid, words, positions, torch.randint(4, a.vocabulary, (len(positions),))


def seconds_a_step(a):
    model = Captioner(a.vocabulary, a.channels, a.hidden, a.cells, a.heads)
    matrices = [p for n, p in model.named_parameters() if p.dim() > 1 and n != "embedding.weight"]
    others = [p for n, p in model.named_parameters() if p.dim() == 1 or n == "embedding.weight"]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
                                  lr=1e-3, betas=(0.9, 0.98))
    average = [p.detach().clone() for p in model.parameters()]
    times = []
    for i in range(a.warmup + a.repeats):
        *inputs, targets = synthetic_batch(a)
        start = time.perf_counter()
        loss = F.cross_entropy(model(*inputs), targets, label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            for mean, parameter in zip(average, model.parameters()):
                mean.mul_(0.999).add_(parameter, alpha=0.001)
        if i >= a.warmup:
            times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def captions_a_second(a):
    """A random model rarely ends a caption, so its sentences are given the length --steps."""
    model = Captioner(a.vocabulary, a.channels, a.hidden, a.cells, a.heads).eval()
    grid = F.relu(torch.randn(a.beam_images, a.cells, a.channels) - 1).half()
    beam_search(model, grid, a.beams, 2, a.alpha)
    start = time.perf_counter()
    for _ in range(a.repeats):
        beam_search(model, grid, a.beams, a.steps, a.alpha)
    return a.repeats * a.beam_images / (time.perf_counter() - start)


@torch.no_grad()
def images_a_second(a, tuned):
    model, images = lite0(), torch.rand(a.images, 3, a.pixels, a.pixels) * 2 - 1
    if tuned:
        for unit in [m for m in model.modules() if isinstance(m, ConvUnit)]:
            unit.fold()
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    model(images)
    start = time.perf_counter()
    for _ in range(a.repeats):
        model(images)
    return a.repeats * a.images / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in dict(threads=2, step_images=150, captions=1, steps=12, longest=16, vocabulary=2542, cells=49,
                              channels=1280, hidden=512, heads=8, beams=3, beam_images=100, images=16,
                              pixels=224, warmup=3, repeats=10).items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=default)
    parser.add_argument("--alpha", type=float, default=0.7)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    print(json.dumps({
        "program": "pytorch " + torch.__version__, **vars(a),
        "train_step_seconds": round(seconds_a_step(a), 4),
        "captions_per_second": round(captions_a_second(a), 2),
        "encoder_images_per_second": round(images_a_second(a, False), 2),
        "encoder_images_per_second_tuned": round(images_a_second(a, True), 2)}))


if __name__ == "__main__":
    main()
