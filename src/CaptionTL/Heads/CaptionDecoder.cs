using CaptionTL.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Heads;

/// <summary>
/// An LSTM that writes a caption from a picture's embedding. The picture gives the LSTM its first state and is added to every word
/// fed in (Vinyals et al., 2015); after every word the LSTM's output weighs the grid's cells by their dot products with it (Luong et al.,
/// 2015, without feeding the result back) and both choose the next word through an output layer that shares the word vectors
/// (Press and Wolf, 2017). As the LSTM runs over the words alone, training computes attention and output of all steps at once.
/// N pictures, P cells, C channels, H hidden units, V words; B captions, B / N of them a picture and side by side, so that a
/// picture with several captions, or the beams of a search, share one memory.
/// </summary>
public sealed class CaptionDecoder : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear project;
    private readonly LayerNorm project_norm;
    private readonly Linear initial;
    private readonly Linear picture;
    private readonly Embedding embedding;
    private readonly Linear input_gates;
    private readonly Parameter recurrent_gates;
    private readonly Linear? query;
    private readonly Linear combine;
    private readonly Parameter output_bias;

    public CaptionDecoder(CaptionDecoderOptions options) : base(nameof(CaptionDecoder))
    {
        Options = options.Validated();
        var hidden = options.Hidden;
        project = Linear(options.Channels, hidden);
        project_norm = LayerNorm(hidden);
        initial = Linear(hidden, 2 * hidden);
        picture = Linear(hidden, hidden);
        embedding = Embedding(options.VocabularySize, hidden);
        input_gates = Linear(hidden, 4 * hidden);
        recurrent_gates = Parameter(empty(4 * hidden, hidden));
        query = options.Attention ? Linear(hidden, hidden) : null;
        combine = Linear(options.Attention ? 2 * hidden : hidden, hidden);
        output_bias = Parameter(zeros(options.VocabularySize));
        RegisterComponents();
        Initialize();
    }

    public CaptionDecoderOptions Options { get; }

    /// <summary>What the words are chosen from: (N, P, C) to (N, P, H), or (N, 1, H) without attention.</summary>
    public Tensor Memory(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        var cells = embeddings.to(ScalarType.Float32);
        if (!Options.Attention) cells = cells.mean([1], keepdim: true);
        var memory = project_norm.call(project.call(cells)).relu_();
        return functional.dropout(memory, Options.MemoryDropout, training).MoveToOuterDisposeScope();
    }

    /// <summary>The LSTM's first state, (N, H) each, from the memory (N, P, H).</summary>
    public DecoderState Start(Tensor memory)
    {
        using var scope = NewDisposeScope();
        var parts = initial.call(memory.mean([1])).tanh().chunk(2, 1);
        return new DecoderState(parts[0].MoveToOuterDisposeScope(), parts[1].MoveToOuterDisposeScope());
    }

    /// <summary>What the picture adds to every word fed in: memory (N, P, H) to (N, H).</summary>
    public Tensor Picture(Tensor memory)
    {
        using var mean = memory.mean([1]);
        return picture.call(mean);
    }

    /// <summary>The input's part of the gates: words (R), the picture's part for each (R, H), to (R, 4H).</summary>
    /// <param name="words">Indices of the words before.</param>
    /// <param name="pictures">See <see cref="Picture"/>.</param>
    /// <param name="mask">Dropout of the LSTM's input, (R, H), or null.</param>
    public Tensor InputGates(Tensor words, Tensor pictures, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        // Entries of about one: what the output layer wants, entries of H^−½, would be drowned by the picture's part.
        var input = embedding.call(words) * Math.Sqrt(Options.Hidden) + pictures;
        return input_gates.call(mask is null ? input : input * mask).MoveToOuterDisposeScope();
    }

    /// <summary>Weight of the LSTM's own state, (4H, H); gates in the order input, forget, candidate, output.</summary>
    public Parameter RecurrentWeight => recurrent_gates;

    /// <summary>The LSTM's outputs (N, Q, H) look at the memory (N, P, H).</summary>
    /// <returns>Weighted means (N, Q, H) and weights (N, Q, P), each row summing to one.</returns>
    public (Tensor Context, Tensor Weights) Attend(Tensor hidden, Tensor memory)
    {
        using var scope = NewDisposeScope();
        var scores = bmm(query!.call(hidden), memory.transpose(1, 2)).mul(1 / Math.Sqrt(Options.Hidden));
        var weights = functional.softmax(scores, 2);
        return (bmm(weights, memory).MoveToOuterDisposeScope(), weights.MoveToOuterDisposeScope());
    }

    /// <summary>Word scores (R, V) from the LSTM's outputs (R, H) and what they looked at (R, H; null without attention).</summary>
    public Tensor Scores(Tensor hidden, Tensor? context)
    {
        using var scope = NewDisposeScope();
        var features = combine.call(context is null ? hidden : cat([hidden, context], 1)).tanh();
        features = functional.dropout(features, Options.OutputDropout, training);
        return functional.linear(features, embedding.weight!, output_bias).MoveToOuterDisposeScope();
    }

    /// <summary>One step for B captions: the words before (B), their states (B, H), to the next states and word scores (B, V).</summary>
    /// <param name="memory">(N, P, H).</param>
    /// <param name="pictures">(B, H), see <see cref="Picture"/>.</param>
    /// <param name="words">(B).</param>
    /// <param name="state">Not disposed here.</param>
    public DecoderStep Step(Tensor memory, Tensor pictures, Tensor words, DecoderState state)
    {
        using var scope = NewDisposeScope();
        var gates = InputGates(words, pictures).add_(functional.linear(state.Hidden, recurrent_gates)).chunk(4, 1);
        var cell = gates[1].sigmoid() * state.Cell + gates[0].sigmoid() * gates[2].tanh();
        var hidden = gates[3].sigmoid() * cell.tanh();
        Tensor? context = null, attention = null;
        if (Options.Attention)
        {
            (context, attention) = Attend(hidden.view(memory.shape[0], -1, Options.Hidden), memory);
            (context, attention) = (context.view(-1, Options.Hidden), attention.view(-1, memory.shape[1]));
        }
        return new DecoderStep(
            new DecoderState(hidden.MoveToOuterDisposeScope(), cell.MoveToOuterDisposeScope()),
            Scores(hidden, context).MoveToOuterDisposeScope(),
            attention?.MoveToOuterDisposeScope());
    }

    /// <summary>Embeddings (N, P, C) and the words before (B, T) to scores of every word (B, T, V), step by step.</summary>
    public override Tensor forward(Tensor embeddings, Tensor words)
    {
        using var scope = NewDisposeScope();
        var memory = Memory(embeddings);
        var each = words.shape[0] / memory.shape[0];
        var pictures = Picture(memory).repeat_interleave(each, 0);
        var (hidden, cell) = Start(memory);
        var state = new DecoderState(hidden.repeat_interleave(each, 0), cell.repeat_interleave(each, 0));
        var scores = new List<Tensor>();
        foreach (var word in words.unbind(1))
        {
            var step = Step(memory, pictures, word, state);
            scores.Add(step.Scores);
            state = step.State;
        }
        return stack(scores, 1).MoveToOuterDisposeScope();
    }

    private void Initialize()
    {
        using var _ = no_grad();
        foreach (var layer in new[] { project, initial, picture, input_gates, combine }.Concat(query is null ? [] : [query]))
        {
            init.xavier_uniform_(layer.weight!);
            init.zeros_(layer.bias!);
        }
        var bound = Math.Pow(Options.Hidden, -0.5);
        init.uniform_(recurrent_gates, -bound, bound);
        // As the output layer the word vectors must be of length about one: N(0, 1) entries would drown the loss.
        init.normal_(embedding.weight!, 0, bound);
        // The forget gate begins open (Jozefowicz et al., 2015).
        using var forget = input_gates.bias!.narrow(0, Options.Hidden, Options.Hidden);
        forget.fill_(1);
    }
}
