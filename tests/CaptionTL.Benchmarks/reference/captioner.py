"""The captioner and its encoder in plain PyTorch, to be timed beside the C# program.

Same layers, sizes, batch composition and beam search as the product's default recipe. Weights and
features are random: only time is measured. Needs nothing but torch (1.13 or later; Debian:
python3-torch), runs on the CPU and prints one JSON object:

    /usr/bin/python3 captioner.py --threads 2

  train_step_seconds         one optimizer step with torch.nn.LSTM on packed sequences (median)
  train_step_seconds_tuned   the same step with the recurrence as one autograd.Function
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
from torch.nn.utils.rnn import PackedSequence

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

class Recurrence(torch.autograd.Function):
    """LSTM over packed rows with the input's part of the gates given.

    gates (rows, 4h) step after step; alive: captions still running at each step, never growing.
    The backward pass multiplies once for the whole sequence where autograd would once a step.
    """

    @staticmethod
    def forward(ctx, gates, h, c, weight, alive):
        size = h.shape[1]
        gates = gates.clone()
        hidden, squashed, before_h, before_c = (gates.new_empty(len(gates), size) for _ in range(4))
        row = 0
        for n in alive:
            now = slice(row, row + n)
            before_h[now], before_c[now] = h[:n], c[:n]
            gate = gates[now].addmm_(h[:n], weight.t())
            gate[:, :2 * size].sigmoid_()
            gate[:, 2 * size:3 * size].tanh_()
            gate[:, 3 * size:].sigmoid_()
            i, f, g, o = gate.chunk(4, 1)
            c = torch.addcmul(f * c[:n], i, g)
            squashed[now] = torch.tanh(c)
            h = hidden[now] = o * squashed[now]
            row += n
        ctx.save_for_backward(gates, squashed, before_h, before_c, weight)
        ctx.alive = alive
        return hidden

    @staticmethod
    def backward(ctx, d_hidden):
        gates, squashed, before_h, before_c, weight = ctx.saved_tensors
        size = weight.shape[1]
        d_gates = torch.empty_like(gates)
        dh, dc = d_hidden.new_zeros(2, ctx.alive[0], size)
        row = len(gates)
        for n in reversed(ctx.alive):
            row -= n
            now = slice(row, row + n)
            i, f, g, o = gates[now].chunk(4, 1)
            di, df, dg, do = d_gates[now].chunk(4, 1)
            dh_now = dh[:n] + d_hidden[now]
            dc_now = dc[:n] + dh_now * o * (1 - squashed[now] ** 2)
            di.copy_(dc_now * g * i * (1 - i))
            df.copy_(dc_now * before_c[now] * f * (1 - f))
            dg.copy_(dc_now * i * (1 - g * g))
            do.copy_(dh_now * squashed[now] * o * (1 - o))
            dh[:n] = d_gates[now] @ weight
            dc[:n] = dc_now * f
        return d_gates, dh, dc, d_gates.t() @ before_h, None


class Captioner(nn.Module):
    def __init__(self, vocabulary, channels, hidden, dropout):
        super().__init__()
        self.dropout = dropout
        self.project = nn.Linear(channels, hidden)
        self.normalise = nn.LayerNorm(hidden)
        self.initial = nn.Linear(hidden, 2 * hidden)
        self.picture = nn.Linear(hidden, hidden)
        self.words = nn.Embedding(vocabulary, hidden)
        nn.init.normal_(self.words.weight, 0, hidden ** -0.5)
        self.lstm = nn.LSTM(hidden, hidden)
        nn.init.zeros_(self.lstm.bias_hh_l0)
        self.query = nn.Linear(hidden, hidden)
        self.combine = nn.Linear(2 * hidden, hidden)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def encode(self, grid):
        """grid (pictures, cells, channels) -> cells (pictures, cells, hidden), picture vector, h, c."""
        cells = F.dropout(F.relu(self.normalise(self.project(grid))), self.dropout, self.training)
        mean = cells.mean(1)
        h, c = torch.tanh(self.initial(mean)).chunk(2, 1)
        return cells, self.picture(mean), h, c

    def attend(self, query, cells):
        """query (pictures, n, hidden) -> weighted mean of the cells for each query."""
        weights = (query @ cells.transpose(1, 2) * query.shape[-1] ** -0.5).softmax(-1)
        return weights @ cells

    def logits(self, h, context):
        out = torch.tanh(self.combine(torch.cat([h, context], -1)))
        return F.linear(F.dropout(out, self.dropout, self.training), self.words.weight, self.bias)

    def locked_dropout(self, x, caption, captions):
        """One mask a caption, the same at all its steps."""
        kept = (torch.rand(captions, x.shape[1]) >= self.dropout).float() / (1 - self.dropout)
        return x * kept[caption]

    def forward(self, grid, words, caption, step, alive, tuned):
        """words, caption, step (rows,): the packed words, the caption and the position each stands at."""
        pictures, captions, steps = len(grid), alive[0], len(alive)
        per_picture = captions // pictures
        cells, picture, h, c = self.encode(grid)
        of = caption // per_picture
        x = self.locked_dropout(self.words(words) + picture[of], caption, captions)
        first = of[:captions]
        if tuned:
            gates = F.linear(x, self.lstm.weight_ih_l0, self.lstm.bias_ih_l0)
            hidden = Recurrence.apply(gates, h[first], c[first], self.lstm.weight_hh_l0, alive)
        else:
            packed = PackedSequence(x, torch.tensor(alive))
            hidden = self.lstm(packed, (h[first][None], c[first][None]))[0].data
        hidden = self.locked_dropout(hidden, caption, captions)
        place = caption * steps + step  # the attention runs over whole pictures, padded
        query = hidden.new_zeros(captions * steps, hidden.shape[1]).index_copy(0, place, self.query(hidden))
        context = self.attend(query.view(pictures, per_picture * steps, -1), cells)
        return self.logits(hidden, context.reshape(captions * steps, -1)[place])

    def next_word(self, words, h, c, cells, picture):
        """One step for all beams: log-probabilities (beams, vocabulary) and the new state."""
        _, (h, c) = self.lstm((self.words(words) + picture)[None], (h[None], c[None]))
        h, c = h[0], c[0]
        query = self.query(h).view(len(cells), -1, h.shape[1])
        return self.logits(h, self.attend(query, cells).reshape(h.shape)).log_softmax(-1), h, c


@torch.no_grad()
def beam_search(model, grid, beams, longest, alpha):
    """The best caption of each picture: highest log-probability / length ** alpha among finished ones."""
    cells, picture, h, c = (t.repeat_interleave(beams, 0) for t in model.encode(grid))
    cells, pictures = cells[::beams], len(grid)
    words = torch.full((pictures * beams,), BOS)
    scores = torch.full((pictures, beams), -1e9)
    scores[:, 0] = 0
    history = torch.zeros(pictures, beams, 0, dtype=torch.long)
    best = [(-1e9, []) for _ in range(pictures)]
    for length in range(1, longest + 1):
        log_p, h, c = model.next_word(words, h, c, cells, picture)
        log_p[:, [0, BOS, UNK]] = -1e9
        total = (scores[:, :, None] + log_p.view(pictures, beams, -1)).flatten(1)
        values, places = total.topk(2 * beams, 1)
        parents, chosen = places // log_p.shape[1], places % log_p.shape[1]
        for p, (value, parent, word) in enumerate(zip(values.tolist(), parents.tolist(), chosen.tolist())):
            for rank in range(beams):
                if word[rank] == EOS:
                    best[p] = max(best[p], (value[rank] / length ** alpha, history[p, parent[rank]].tolist()))
        values, kept = values.masked_fill(chosen == EOS, -1e9).topk(beams, 1)
        scores, words, parents = values, chosen.gather(1, kept), parents.gather(1, kept)
        history = torch.cat([history.gather(1, parents[:, :, None].expand_as(history)), words[:, :, None]], 2)
        rows = (torch.arange(pictures)[:, None] * beams + parents).flatten()
        words, h, c = words.flatten(), h[rows], c[rows]
        # log-probabilities only fall, so no running beam can end better than this
        if all(b[0] >= s / longest ** alpha for b, s in zip(best, scores[:, 0].tolist())):
            break
    return [b[1] if b[1] else history[p, 0].tolist() for p, b in enumerate(best)]


# ---- measurement ----

def synthetic_batch(a):
    """Grids and captions: lengths spread like Flickr8k's, words uniform."""
    captions = a.pictures * a.captions
    grid = F.relu(torch.randn(a.pictures, a.cells, a.channels) - 1)
    lengths = (a.steps + 3.5 * torch.randn(captions)).round().clamp(4, 2 * a.steps).long()
    order = lengths.argsort(descending=True)
    alive = [int((lengths > t).sum()) for t in range(int(lengths.max()))]
    caption = torch.cat([order[:n] for n in alive])
    step = torch.cat([torch.full((n,), t) for t, n in enumerate(alive)])
    words, targets = torch.randint(4, a.vocabulary, (2, len(caption)))
    return grid, words, caption, step, alive, targets


def seconds_a_step(a, tuned):
    model = Captioner(a.vocabulary, a.channels, a.hidden, a.dropout)
    if tuned:
        model.lstm.bias_hh_l0.requires_grad_(False)  # one bias is enough
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    average = [p.detach().clone() for p in parameters]
    times = []
    for i in range(a.warmup + a.repeats):
        *inputs, targets = synthetic_batch(a)
        start = time.perf_counter()
        loss = F.cross_entropy(model(*inputs, tuned), targets, label_smoothing=0.1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            for mean, parameter in zip(average, parameters):
                mean.lerp_(parameter, 0.001)
        if i >= a.warmup:
            times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def captions_a_second(a):
    """A random model rarely ends a caption, so its sentences are given the length --steps."""
    model = Captioner(a.vocabulary, a.channels, a.hidden, a.dropout).eval()
    grid = F.relu(torch.randn(a.beam_pictures, a.cells, a.channels) - 1)
    beam_search(model, grid, a.beams, 2, a.alpha)
    start = time.perf_counter()
    beam_search(model, grid, a.beams, a.steps, a.alpha)
    return a.beam_pictures / (time.perf_counter() - start)


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
    for name, default in dict(threads=2, pictures=30, captions=5, steps=12, vocabulary=2542, cells=49,
                              channels=1280, hidden=512, beams=3, beam_pictures=100, images=16,
                              pixels=224, warmup=3, repeats=10).items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=default)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--alpha", type=float, default=0.7)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    print(json.dumps({
        "program": "pytorch " + torch.__version__, **vars(a),
        "train_step_seconds": round(seconds_a_step(a, False), 4),
        "train_step_seconds_tuned": round(seconds_a_step(a, True), 4),
        "captions_per_second": round(captions_a_second(a), 2),
        "encoder_images_per_second": round(images_a_second(a, False), 2),
        "encoder_images_per_second_tuned": round(images_a_second(a, True), 2)}))


if __name__ == "__main__":
    main()
