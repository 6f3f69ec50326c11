namespace CaptionTL.Datasets.Shapes;

/// <summary>What is drawn.</summary>
public enum ShapeKind
{
    Circle,
    Square,
    Triangle,
    Star,
    Cross,
}
