using System.Text.Json.Serialization;

namespace CaptionTL.Backbones;

/// <summary>A block or a layer in a <see cref="BackboneSummary"/>.</summary>
/// <param name="Name">The block's, or the layer's path in the state dict.</param>
/// <param name="Depth">Levels of nesting; 0 for blocks and outermost layers.</param>
/// <param name="Kind">Block, Top, or the layer's type: Conv2d, Sequential and so on.</param>
/// <param name="OutputShape">For one picture: (C, h, w), or (features). Null where a layer is not run by itself.</param>
/// <param name="Parameters">Numbers that training could change, all that is within included.</param>
/// <param name="TrainableParameters">Those of them that are not frozen.</param>
/// <param name="MultiplyAdds">Multiplications with an addition, for one picture, of the convolutions and linear layers within.</param>
public sealed record LayerSummary(
    string Name, int Depth, string Kind, IReadOnlyList<long>? OutputShape, long Parameters, long TrainableParameters, long MultiplyAdds)
{
    /// <summary>"trainable", "frozen" or "partly frozen"; empty where there is nothing to train.</summary>
    [JsonIgnore]
    public string State => this switch
    {
        { Parameters: 0 } => "",
        { TrainableParameters: 0 } => "frozen",
        _ => TrainableParameters == Parameters ? "trainable" : "partly frozen",
    };
}
