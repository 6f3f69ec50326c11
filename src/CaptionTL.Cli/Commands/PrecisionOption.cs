using System.CommandLine;
using CaptionTL.Backbones;

namespace CaptionTL.Cli.Commands;

/// <summary>--precision: the arithmetic of the frozen encoder.</summary>
internal sealed class PrecisionOption : Option<Precision>
{
    public PrecisionOption() : base("--precision")
    {
        Description =
            "Arithmetic of the encoder: bf16 on CUDA and fp32 on the processor (auto), or fp32 on CUDA too; the processor has no bf16";
        DefaultValueFactory = _ => Precision.Auto;
        CustomParser = result => result.Tokens[0].Value.ToLowerInvariant() switch
        {
            "auto" => Precision.Auto,
            "fp32" or "float32" => Precision.Float32,
            "bf16" or "bfloat16" => Precision.BFloat16,
            var other => Wrong(result, other),
        };
        HelpName = "auto|fp32|bf16";
        CompletionSources.Clear(); // the names of the enumeration
        CompletionSources.Add("auto", "fp32", "bf16");
    }

    private static Precision Wrong(System.CommandLine.Parsing.ArgumentResult result, string value)
    {
        result.AddError($"--precision is '{value}'; it must be auto, fp32 or bf16.");
        return Precision.Auto;
    }
}
