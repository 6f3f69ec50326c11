namespace CaptionTL.Weights.Keras;

/// <summary>Layers with weights that keras.applications uses.</summary>
internal enum KerasKind { Conv, Depthwise, Separable, Norm, Dense }
