namespace CaptionTL.Images;

/// <summary>The picture formats that are read. Animated ones give their first frame, many-paged ones their first page.</summary>
public enum ImageFormat { Jpeg, Png, WebP, Gif, Bmp, Tiff }
