using System.CommandLine;

namespace CaptionTL.Cli.Commands;

/// <summary>--input: the shape of the pictures.</summary>
internal sealed class InputShapeOption : Option<InputShape?>
{
    public InputShapeOption() : base("--input")
    {
        Description = "Channels, height and width of the pictures, for instance 3x224x224 or 1x96x96 [default: the weights' own]";
        HelpName = "CxHxW";
        CustomParser = result =>
        {
            if (InputShape.Parse(result.Tokens[0].Value) is { } shape) return shape;
            result.AddError($"--input is '{result.Tokens[0].Value}'; it must be channels, height and width from 1 to 2048, like 3x224x224.");
            return null;
        };
    }
}
