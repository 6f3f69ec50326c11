namespace TorchSharp;

/// <summary>Padding of a convolution by rule: none, or as much as keeps the input's size.</summary>
public enum Padding
{
    Valid = 0,
    Same = 1,
}
