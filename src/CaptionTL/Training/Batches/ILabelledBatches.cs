namespace CaptionTL.Training.Batches;

/// <summary>Pictures or features with a class each, given out in batches; every enumeration starts anew.</summary>
public interface ILabelledBatches
{
    /// <summary>Names, in the order that the labels count in.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>All of it once, to train on: in an order (and augmented) as seed and epoch say, and nothing else.</summary>
    /// <param name="epoch">From 0.</param>
    IEnumerable<LabelledBatch> Epoch(int epoch);

    /// <summary>All of it once as it is, in its own order, to be computed or scored.</summary>
    IEnumerable<LabelledBatch> InOrder();
}
