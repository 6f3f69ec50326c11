using System.CommandLine;
using CaptionTL.Captions;

namespace CaptionTL.Cli.Commands;

/// <summary>The options that say how words are chosen, shared by caption and eval. What is not given is the model's own.</summary>
internal sealed class DecodingSettings
{
    private readonly Option<int?> _beam = new("--beam") { Description = "Captions followed at once; 1 is greedy [default: the model's]" };
    private readonly Option<int?> _nBest = new("--n-best") { Description = "Captions for each image, best first" };
    private readonly Option<int?> _minimum = new("--min-length") { Description = "Words at least" };
    private readonly Option<int?> _maximum = new("--max-length") { Description = "Words at most" };
    private readonly Option<double?> _length = new("--length-normalization") { Description = "Exponent of the length in a "
        + "caption's score" };
    private readonly Option<int?> _noRepeat = new("--no-repeat") { Description = "Runs of this many words occur once at most, and no "
        + "word twice in a row; 0 allows any" };
    private readonly Option<bool?> _mirror = new("--mirror") { Description = "Read the image together with its mirror image [default: "
        + "the model's]", HelpName = "true|false", CompletionSources = { "true", "false" } };
    private readonly Option<bool?> _things = new("--check-things") { Description = "Write captions again that the network's own classes "
        + "contradict [default: the model's]", HelpName = "true|false", CompletionSources = { "true", "false" } };
    private readonly Option<double?> _topP = new("--top-p") { Description = "Draw words at random from the likeliest that reach this "
        + "probability" };
    private readonly Option<double?> _temperature = new("--temperature") { Description = "Of the drawing: below 1 bolder, above 1 "
        + "more varied" };
    private readonly Option<long?> _seed = new("--seed") { Description = "Of the drawing" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_beam, _nBest, _minimum, _maximum, _length, _noRepeat, _mirror, _things, _topP, _temperature,
            _seed]) command.Add(option);
    }

    /// <exception cref="CaptionTLException">A value is out of range.</exception>
    public DecodingOptions Resolve(CommandRun run, DecodingOptions model) => new DecodingChanges
    {
        Beam = run.Get(_beam),
        NBest = run.Get(_nBest),
        MinLength = run.Get(_minimum),
        MaxLength = run.Get(_maximum),
        LengthNormalization = run.Get(_length),
        NoRepeat = run.Get(_noRepeat),
        Mirror = run.Get(_mirror),
        CheckThings = run.Get(_things),
        TopP = run.Get(_topP),
        Temperature = run.Get(_temperature),
        Seed = run.Get(_seed),
    }.Over(model);
}
