namespace CaptionTL.Weights.Keras;

/// <summary>A network of keras.applications.</summary>
/// <param name="Targets">Its layers with weights, in the order of Keras's model.layers (by depth, then as its graph is walked from the output).</param>
/// <param name="Epsilon">What Keras adds to a variance.</param>
/// <param name="OwnEpsilon">What this library's network adds.</param>
internal sealed record KerasNetwork(IReadOnlyList<KerasTarget> Targets, double Epsilon, double OwnEpsilon);
