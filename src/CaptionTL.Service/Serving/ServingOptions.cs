using System.ComponentModel.DataAnnotations;
using CaptionTL.Images;

namespace CaptionTL.Service.Serving;

/// <summary>How questions about pictures are answered; section "CaptionTL:Serving".</summary>
public sealed class ServingOptions
{
    public const string Section = ServiceOptions.Section + ":Serving";

    /// <summary>Pictures that go through a model at once.</summary>
    [Range(1, 256)]
    public int MaxBatch { get; set; } = 16;

    /// <summary>
    /// How long a model that is free waits for company of a picture. Waits only while questions come at once (the last batch had
    /// more than one picture), so that a single asker is answered without delay.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Pictures that may wait for a model; more are refused with 503.</summary>
    [Range(1, 100_000)]
    public int QueueLength { get; set; } = 256;

    /// <summary>Requests in hand at once; more are refused with 503 before they are read.</summary>
    [Range(1, 100_000)]
    public int MaxRequests { get; set; } = 128;

    /// <summary>Bytes of all requests in hand.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long MaxBytesInHand { get; set; } = 512L << 20;

    /// <summary>Bytes of one request.</summary>
    [Range(1 << 10, int.MaxValue)]
    public long MaxRequestBytes { get; set; } = 64L << 20;

    /// <summary>Pictures of one request.</summary>
    [Range(1, 10_000)]
    public int MaxPictures { get; set; } = 64;

    /// <summary>Width × height of a picture.</summary>
    [Range(1 << 10, long.MaxValue)]
    public long MaxPixels { get; set; } = 100_000_000;

    /// <summary>Answers kept, so that the same picture with the same options is answered at once; 0 keeps none.</summary>
    [Range(0, 10_000_000)]
    public int CachedAnswers { get; set; } = 2000;

    /// <summary>Bytes that kept answers may take, estimated: those with attention maps have thousands of numbers.</summary>
    [Range(1 << 10, long.MaxValue)]
    public long CachedAnswerBytes { get; set; } = 64L << 20;

    /// <summary>Models in memory at once; the one not asked for longest makes room.</summary>
    [Range(1, 100)]
    public int LoadedModels { get; set; } = 3;

    /// <summary>Load the default model at the start instead of at the first question.</summary>
    public bool WarmUp { get; set; } = true;

    internal ImageLimits PictureLimits => new() { MaxBytes = MaxRequestBytes, MaxPixels = MaxPixels };
}
