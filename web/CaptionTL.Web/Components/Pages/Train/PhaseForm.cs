using System.Globalization;
using CaptionTL.Training.Plans;

namespace CaptionTL.Web.Components.Pages.Train;

/// <summary>The values of a phase that people change most.</summary>
public sealed class PhaseForm(TrainingPhase phase)
{
    public string Name { get; } = phase.Name;

    public int Epochs { get; set; } = phase.Epochs;

    public int BatchSize { get; set; } = phase.BatchSize;

    public double LearningRate { get; set; } = phase.LearningRate;

    /// <summary>Passes without a better score after which the phase ends.</summary>
    public int Patience { get; set; } = phase.Patience;

    /// <summary>Blocks of the network, counted from its end, that train with the head.</summary>
    public int Blocks { get; set; } = phase.Unfreeze.StartsWith("last:", StringComparison.Ordinal)
        ? int.Parse(phase.Unfreeze.AsSpan(5), CultureInfo.InvariantCulture) : 0;

    private string Unfreeze => Blocks == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"last:{Blocks}");

    /// <summary>A phase with these values in it.</summary>
    public TrainingPhase Over(TrainingPhase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        return phase with { Epochs = Epochs, BatchSize = BatchSize, LearningRate = LearningRate, Patience = Patience,
            Unfreeze = Unfreeze };
    }

    /// <summary>What differs from a phase: name and value, as plans are changed.</summary>
    public IEnumerable<(string Name, string Value)> Changes(TrainingPhase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        if (Epochs != phase.Epochs) yield return ("epochs", Text(Epochs));
        if (BatchSize != phase.BatchSize) yield return ("batchSize", Text(BatchSize));
        if (LearningRate != phase.LearningRate) yield return ("learningRate", Text(LearningRate));
        if (Patience != phase.Patience) yield return ("patience", Text(Patience));
        if (Unfreeze != phase.Unfreeze) yield return ("unfreeze", Unfreeze);
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
