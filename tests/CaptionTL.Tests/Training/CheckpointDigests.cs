using System.Security.Cryptography;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Training;

/// <summary>Digests of all that a run's last checkpoint holds: weights, averages, optimizer.</summary>
internal static class CheckpointDigests
{
    public static Dictionary<string, string> Of(string runFolder)
    {
        using var file = SafetensorsFile.Open(new RunFolder(runFolder).LastCheckpoint);
        return file.Names.ToDictionary(n => n, n => Convert.ToHexString(SHA256.HashData(file.Bytes(n))));
    }
}
