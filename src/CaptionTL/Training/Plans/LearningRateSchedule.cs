namespace CaptionTL.Training.Plans;

/// <summary>How the learning rate goes over a phase.</summary>
public enum LearningRateSchedule
{
    /// <summary>Cosine from 1/25 of the rate up, then cosine down to next to nothing (Smith and Topin, 2018; PyTorch's OneCycleLR).</summary>
    OneCycle,

    /// <summary>Straight up from 0, then cosine down to 0 (Loshchilov and Hutter, 2017).</summary>
    Cosine,

    /// <summary>Straight up from 0, then level.</summary>
    Constant,
}
