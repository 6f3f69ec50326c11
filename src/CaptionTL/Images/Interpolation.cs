namespace CaptionTL.Images;

/// <summary>How a picture is made smaller: both antialiased, with the kernels of Pillow (bicubic a = −0.5).</summary>
public enum Interpolation { Bilinear, Bicubic }
