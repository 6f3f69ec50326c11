namespace CaptionTL.Service.Contracts;

/// <summary>How much an upload of a data set may bring, and of what.</summary>
/// <param name="MaxBytes">Of the archive.</param>
/// <param name="MaxFiles">Pictures and other files in it.</param>
/// <param name="Pictures">Endings of files that are taken for pictures.</param>
/// <param name="Texts">Endings of files that captions, labels and splits are looked for in.</param>
public sealed record UploadLimits(long MaxBytes, int MaxFiles, IReadOnlyCollection<string> Pictures, IReadOnlyCollection<string> Texts);
