using System.CommandLine;
using System.Text.Json;
using CaptionTL.Captions;

namespace CaptionTL.Cli.Commands;

/// <summary>The decoding options of caption and eval, as the library lists them; the model's own values are the defaults.</summary>
internal sealed class DecodingSettings
{
    private readonly IReadOnlyList<(string Name, Option<string?> Option)> _options =
        [.. DecodingOption.All.Select(option => (option.Name, Of(option)))];

    public IEnumerable<Option> Options => _options.Select(o => o.Option);

    /// <exception cref="CaptionTLException">Values contradict each other.</exception>
    public DecodingOptions Resolve(CommandRun run, DecodingOptions model) =>
        model.With(_options.ToDictionary(o => o.Name, o => run.Get(o.Option)));

    private static Option<string?> Of(DecodingOption decoding)
    {
        var option = new Option<string?>($"--{JsonNamingPolicy.KebabCaseLower.ConvertName(decoding.Name)}")
        {
            Description = $"{decoding.Help} [default: the model's]",
            HelpName = decoding.Kind switch
            {
                DecodingKind.Boolean => "true|false",
                DecodingKind.Integer => "N",
                _ => "X",
            },
        };
        if (decoding.Kind == DecodingKind.Boolean) option.CompletionSources.Add("true", "false");
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
