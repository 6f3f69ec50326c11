using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Text;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Child;

/// <summary>
/// A task small enough for a test and real enough to learn: the embedding says which colour and which thing are in the image,
/// the captions name them.
/// </summary>
public sealed class ToyCaptions : IImageEmbeddings, IPhaseEmbeddings
{
    private static readonly string[] Colours = ["red", "green", "blue", "white"];
    private static readonly string[] Things = ["dog", "boat", "house", "tree", "car"];

    public int Images => Colours.Length * Things.Length * 2;

    public int Views => 2;

    public int Cells => 3;

    public int Channels => 12;

    public Vocabulary Vocabulary { get; }

    public ToyCaptions() =>
        Vocabulary = Vocabulary.Build(Enumerable.Range(0, Images).SelectMany(References).Select(CaptionTokenizer.Tokenize));

    public IReadOnlyList<TrainingImage> Captions =>
        [.. Enumerable.Range(0, Images)
            .Select(i => new TrainingImage(i,
            [.. References(i).Select(r => CaptionTokenizer.Tokenize(r).Select(Vocabulary.IdOf).ToArray())]))];

    public CaptionEvaluator Evaluator(CaptionDecoder decoder) => new(
        [.. Enumerable.Range(0, Images).Select(i => $"{i}.png")], [.. Enumerable.Range(0, Images).Select(References)],
        new CaptionSearch(decoder, Vocabulary), new DecodingOptions { MaxLength = 8 });

    public CaptionReward Reward =>
        new([.. Enumerable.Range(0, Images).Select(i => References(i).Select(CaptionTokenizer.Tokenize).ToList())], Vocabulary);

    public CaptionDecoder Decoder(TransferPlan plan)
    {
        manual_seed(plan.Seed);
        return new CaptionDecoder(((CaptionHeadPlan)plan.Head).ToOptions(Channels, Cells, Vocabulary.Count));
    }

    /// <summary>What a trainer trains: the decoder alone, on these embeddings for training and dev.</summary>
    public CaptionTraining Training(TransferPlan plan, CaptionDecoder decoder) =>
        new(new TransferNetwork(decoder, "toy"), Captions, Evaluator(decoder), Reward, plan.Seed);

    public SplitEmbeddings At(string cut, Augmentation? augmentation, CancellationToken cancellation) => new(this, this);

    public static TransferPlan Plan(int epochs) => new()
    {
        Views = 2,
        Head = new CaptionHeadPlan { Hidden = 24, EmbeddingDropout = 0.1, OutputDropout = 0.1, MinimumWordFrequency = 1 },
        Phases = [new TrainingPhase { Epochs = epochs, BatchSize = 20, CaptionsTogether = 2, ScheduledSampling = 0.1, LearningRate = 0.02,
            EmaDecay = 0.9, Patience = 50 }],
    };

    /// <summary>The same, then self-critical training.</summary>
    public static TransferPlan SelfCriticalPlan(int epochs)
    {
        var plan = Plan(epochs);
        return plan with
        {
            Phases = [.. plan.Phases,
                new TrainingPhase { Name = "self-critical", Objective = new SelfCriticalObjective { Samples = 3, MaximumWords = 8 },
                Epochs = epochs, BatchSize = 24, LearningRate = 2e-3, EmaDecay = 0.9, Patience = 50 }],
        };
    }

    public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination)
    {
        var size = Cells * Channels;
        for (var i = 0; i < rows.Count; i++) Draw(rows[i].Image, rows[i].View, destination.Slice(i * size, size));
    }

    private void Draw(int image, int view, Span<Half> destination)
    {
        var random = new Random(image * 10 + view);
        for (var i = 0; i < destination.Length; i++) destination[i] = (Half)(0.1 * random.NextDouble());
        destination[image / 2 % Colours.Length] = (Half)2;
        destination[Channels + Colours.Length + image / 2 / Colours.Length] = (Half)2;
    }

    private static IReadOnlyList<string> References(int image)
    {
        var (colour, thing) = (Colours[image / 2 % Colours.Length], Things[image / 2 / Colours.Length]);
        return [$"A {colour} {thing} stands here .", $"There is a {thing} that is {colour} .", $"A {colour} {thing} ."];
    }
}
