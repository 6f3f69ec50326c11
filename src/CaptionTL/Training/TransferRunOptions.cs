using CaptionTL.Backbones;
using CaptionTL.IO;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>A plan, and what it is carried out on.</summary>
public sealed record TransferRunOptions
{
    public required TransferPlan Plan { get; init; }

    /// <summary>Folder, archive or file of a data set with captions or classes, whichever the head learns.</summary>
    public required string Data { get; init; }

    /// <summary>The run folder. An unfinished run of the same plan in it is gone on with.</summary>
    public required string Out { get; init; }

    /// <summary>Name of the model; the run folder's when null.</summary>
    public string? Name { get; init; }

    /// <summary>Where embeddings are kept between runs.</summary>
    public string CacheFolder { get; init; } = AppFolders.Embeddings;

    /// <summary>Begin again where the folder holds a run already.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Put the encoder's weights, fp16, into the bundle; otherwise it names them.</summary>
    public bool IncludeEncoder { get; init; } = true;

    public Precision Precision { get; init; } = Precision.Auto;
}
