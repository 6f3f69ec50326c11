using System.CommandLine;
using CaptionTL.Backbones;

namespace CaptionTL.Cli.Commands;

/// <summary>--device: where networks are computed.</summary>
internal sealed class DeviceOption : Option<string>
{
    public DeviceOption() : base("--device")
    {
        Description = "Where networks are computed: a CUDA device where there is one (auto), or the one that is named";
        DefaultValueFactory = _ => ComputeDevice.Auto;
        CustomParser = result =>
        {
            var name = result.Tokens[0].Value.ToLowerInvariant();
            if (!ComputeDevice.IsName(name)) result.AddError($"--device is '{name}'; it must be {ComputeDevice.Choices}.");
            return name;
        };
        HelpName = "auto|cpu|cuda[:N]|mps";
        CompletionSources.Clear();
        CompletionSources.Add([.. ComputeDevice.Names]);
    }
}
