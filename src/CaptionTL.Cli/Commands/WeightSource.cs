using CaptionTL.Backbones;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>What an argument of models pull stands for.</summary>
/// <param name="Weights">The published weights; their address replaced where another was given.</param>
/// <param name="File">The file to take in, or null for a download.</param>
internal sealed record WeightSource(BackboneWeights Weights, string? File)
{
    /// <summary>A name of the registry, the address of a published file (or of a copy under the same file name), or a published file on this machine.</summary>
    /// <exception cref="CaptionTLException">None of these.</exception>
    public static WeightSource Find(string argument, string? from, WeightStore store)
    {
        if (from is not null) return new WeightSource(BackboneRegistry.FindWeights(argument), from);
        if (Uri.TryCreate(argument, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return new WeightSource(ByAddress(address), null);
        var looksLikeFile = argument.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || System.IO.File.Exists(argument);
        return looksLikeFile ? new WeightSource(ByContent(argument, store), argument) : new WeightSource(BackboneRegistry.FindWeights(argument), null);
    }

    private static IEnumerable<BackboneWeights> All => BackboneRegistry.All.SelectMany(entry => entry.Weights);

    private static BackboneWeights ByAddress(Uri address)
    {
        if (All.FirstOrDefault(w => w.File.Address == address) is { } exact) return exact;
        var segments = address.AbsolutePath.Split('/');
        // Many files are called model.safetensors; the weights' own name is then in the path.
        var copy = All.FirstOrDefault(w => w.File.FileName == segments[^1] && w.File.Sha256.Length > 0 && (w.File.FileName != "model.safetensors" || segments.Contains(w.Name)));
        return copy is null
            ? throw new CaptionTLException($"{address} is not the address of published weights that are known here ('captiontl models list' shows them). Fetch it yourself and give the file: captiontl models pull NAME --from FILE.")
            : copy with { File = copy.File with { Address = address } };
    }

    private static BackboneWeights ByContent(string path, WeightStore store)
    {
        if (!System.IO.File.Exists(path)) throw new CaptionTLException($"There is no file {path}.");
        TensorFile.Open(path).Dispose(); // says what it is where it is no file of weights
        var sum = store.Sha256Of(path);
        return All.FirstOrDefault(w => w.File.Sha256.Length > 0 && w.File.Matches(sum))
            ?? throw new CaptionTLException($"{path} (SHA-256 {sum}) is none of the published files whose SHA-256 is known here. If you know which weights it holds: captiontl models pull NAME --from {path}.");
    }
}
