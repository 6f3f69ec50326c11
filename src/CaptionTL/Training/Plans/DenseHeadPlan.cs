using System.Text.Json.Serialization;

namespace CaptionTL.Training.Plans;

/// <summary>Fully connected layers with ReLU and dropout, then class scores and softmax.</summary>
public sealed record DenseHeadPlan : HeadPlan
{
    [JsonIgnore]
    public override string Task => "classify";

    public Pooling Pooling { get; init; } = Pooling.Average;

    /// <summary>Units of the layers between the pooled features and the classes; none: one linear layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Share of each layer's input, the pooled features' too, set to zero in training.</summary>
    public double Dropout { get; init; } = 0.2;

    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;

    public override HeadPlan Validated()
    {
        foreach (var units in Hidden)
            if (units is < 1 or > 16_384) throw Wrong("hidden", units, "layers of 1 to 16384 units");
        if (Hidden.Count > 8) throw Wrong("hidden", Hidden.Count, "at most 8 layers");
        if (Dropout is not (>= 0 and < 1)) throw Wrong("dropout", Dropout, "from 0 up to, but not including, 1");
        return this;
    }
}
