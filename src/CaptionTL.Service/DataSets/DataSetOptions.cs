namespace CaptionTL.Service.DataSets;

/// <summary>How much an upload may bring; section "CaptionTL:DataSets".</summary>
public sealed class DataSetOptions
{
    public const string Section = ServiceOptions.Section + ":DataSets";

    /// <summary>Bytes of one upload, be it a zip or pictures.</summary>
    public long MaxUploadBytes { get; set; } = 20L << 30;

    /// <summary>Pictures and other files in one upload.</summary>
    public int MaxFiles { get; set; } = 1_000_000;

    /// <summary>Bytes that an archive may unpack to.</summary>
    public long MaxUnpackedBytes { get; set; } = 50L << 30;

    /// <summary>Bytes that an archive may unpack to for each of its own; pictures hardly compress. Archives that unpack to less than 64 MiB are not asked.</summary>
    public int MaxRatio { get; set; } = 100;

    /// <summary>Bytes of a caption or label file in an archive.</summary>
    public long MaxTextBytes { get; set; } = 256L << 20;

    /// <summary>How long an upload in parts is kept after its last part.</summary>
    public TimeSpan UploadsKept { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Pixels of a thumbnail's longer side.</summary>
    public int ThumbnailSide { get; set; } = 160;
}
