using CaptionTL.Backbones;
using CaptionTL.IO;

namespace CaptionTL.Service;

/// <summary>How the service is set up; section "CaptionTL" of the configuration.</summary>
public sealed class ServiceOptions
{
    public const string Section = "CaptionTL";

    /// <summary>Folder of everything the service keeps: data base, data sets, runs, models.</summary>
    public string Data { get; set; } = Path.Combine(AppFolders.Cache, "service");

    /// <summary>Where embeddings are kept; shared with the command line unless set.</summary>
    public string Embeddings { get; set; } = AppFolders.Embeddings;

    /// <summary>Where networks are computed, by the service and by its jobs: "auto", "cpu", "cuda", "cuda:1", "mps".</summary>
    public string Device { get; set; } = ComputeDevice.Auto;

    /// <summary>Arithmetic of the encoders.</summary>
    public Precision Precision { get; set; } = Precision.Auto;

    /// <summary>Name of the model that writes captions until another is promoted; the first installed one when null.</summary>
    public string? Model { get; set; }

    public string In(params string[] parts) => Path.Combine([Path.GetFullPath(Data), .. parts]);
}
