using CaptionTL.Heads;
using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>
/// A captioner as three graphs: a picture goes through the encoder and the decoder's start once, through the step for every word.
/// N pictures, P cells, C channels, H hidden units, K heads, V words.
/// </summary>
internal static class CaptionerGraphs
{
    /// <summary>Pixels (N, 3, H, W) to the grid (N, P, C).</summary>
    public static OnnxModel Encoder(Captioner captioner) => OnnxModel.Make("encoder",
        [ClassifierGraph.Pixels(captioner.Encoder)],
        [new OnnxPort("grid", "cells of the picture, row by row, by channels")],
        inputs => [ClassifierGraph.Grid(captioner.Encoder, inputs[0])]);

    /// <summary>Grid (N, P, C) to state (N, H) twice, gates (N, 4H) and, with attention, memory (N, K, P, 2H / K).</summary>
    public static OnnxModel Start(Captioner captioner)
    {
        var (decoder, shape) = (captioner.Decoder, captioner.Decoder.Options);
        return OnnxModel.Make("decoder-start",
            [new OnnxPort("grid", "from encoder.onnx") { Example = n => zeros(n, shape.Cells, shape.Channels) }],
            [
                new OnnxPort("hidden", "state before the first word"), new OnnxPort("cell", "state before the first word"),
                new OnnxPort("gates", "what the picture adds to the gates at every word"),
                .. Attention(shape, new OnnxPort("memory", "keys and values of the cells, by heads")),
            ],
            inputs =>
            {
                using var scope = NewDisposeScope();
                var memory = decoder.Memory(inputs[0]);
                var state = decoder.Start(memory);
                Tensor[] outputs = [state.Hidden, state.Cell, memory.Gates, .. Attention(shape, memory.Cells!)];
                return [.. outputs.Select(o => o.MoveToOuterDisposeScope())];
            });
    }

    /// <summary>Word (N), state, gates and memory to log probabilities (N, V), the next state and, with attention, weights of the cells (N, P).</summary>
    public static OnnxModel Step(Captioner captioner)
    {
        var (decoder, shape) = (captioner.Decoder, captioner.Decoder.Options);
        return OnnxModel.Make("decoder-step",
            [
                new OnnxPort("word", "the word before, as its line in vocab.txt counted from 0") { Example = n => zeros(n, dtype: ScalarType.Int64) },
                new OnnxPort("hidden", "from decoder-start.onnx, then from the step before") { Example = n => zeros(n, shape.Hidden) },
                new OnnxPort("cell", "from decoder-start.onnx, then from the step before") { Example = n => zeros(n, shape.Hidden) },
                new OnnxPort("gates", "from decoder-start.onnx, the same at every step") { Example = n => zeros(n, 4 * shape.Hidden) },
                .. Attention(shape, new OnnxPort("memory", "from decoder-start.onnx, the same at every step")
                {
                    Example = n => zeros(n, shape.Heads, shape.Cells, 2 * shape.Hidden / shape.Heads),
                }),
            ],
            [
                new OnnxPort("log_probabilities", "of every word of vocab.txt"), new OnnxPort("next_hidden", "state for the next step"), new OnnxPort("next_cell", "state for the next step"),
                .. Attention(shape, new OnnxPort("attention", "how much each cell was looked at; each row sums to one")),
            ],
            inputs =>
            {
                using var scope = NewDisposeScope();
                // Nothing of the mean is needed after the start but its number of rows.
                var memory = new DecoderMemory(inputs[3], inputs[3], inputs.ElementAtOrDefault(4));
                var step = decoder.Step(memory, decoder.WordGates(inputs[0]), new DecoderState(inputs[1], inputs[2]));
                Tensor[] outputs = [nn.functional.log_softmax(decoder.Scores(step.Seen), 1), step.State.Hidden, step.State.Cell, .. Attention(shape, step.Attention!)];
                return [.. outputs.Select(o => o.MoveToOuterDisposeScope())];
            });
    }

    private static T[] Attention<T>(CaptionDecoderOptions shape, T value) => shape.Attention ? [value] : [];
}
