using System.CommandLine;
using CaptionTL.Backbones;

namespace CaptionTL.Cli.Commands;

/// <summary>The options that say where networks are computed and in which arithmetic.</summary>
internal sealed class ComputeSettings
{
    private readonly DeviceOption _device = new();
    private readonly PrecisionOption _precision = new();

    public void AddTo(Command command)
    {
        command.Add(_device);
        command.Add(_precision);
    }

    /// <summary>From here on this process computes on the device.</summary>
    /// <returns>The arithmetic of frozen networks.</returns>
    /// <exception cref="CaptionTLException">There is no such device here.</exception>
    public Precision Use(CommandRun run)
    {
        ComputeDevice.Use(run.Get(_device)!);
        return run.Get(_precision);
    }
}
