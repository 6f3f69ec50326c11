using System.CommandLine;
using System.Text.Json;
using CaptionTL.Captions;

namespace CaptionTL.Cli.Commands;

/// <summary>The options that say how words are chosen, shared by caption and eval; for those not given the model's own hold.</summary>
internal sealed class DecodingSettings
{
    private readonly IReadOnlyList<(string Name, Option<string?> Option)> _options =
        [.. DecodingOption.All.Select(option => (option.Name, Of(option)))];

    public void AddTo(Command command)
    {
        foreach (var (_, option) in _options) command.Add(option);
    }

    /// <exception cref="CaptionTLException">Values contradict each other.</exception>
    public DecodingOptions Resolve(CommandRun run, DecodingOptions model) =>
        model.With(_options.ToDictionary(o => o.Name, o => run.Get(o.Option)));

    private static Option<string?> Of(DecodingOption decoding)
    {
        var option = new Option<string?>($"--{JsonNamingPolicy.KebabCaseLower.ConvertName(decoding.Name)}")
        {
            Description = $"{decoding.Help} [default: the model's]",
        };
        if (decoding.Kind == DecodingKind.Boolean)
        {
            option.HelpName = "true|false";
            option.CompletionSources.Add("true", "false");
        }
        option.Validators.Add(result =>
        {
            try
            {
                if (result.GetValueOrDefault<string?>() is { } text) decoding.Set(new DecodingOptions(), text);
            }
            catch (CaptionTLException e)
            {
                result.AddError(e.Message);
            }
        });
        return option;
    }
}
