using System.IO.Compression;
using CaptionTL.Models.Export;
using CaptionTL.Service.Api;

namespace CaptionTL.Service.Registry;

/// <summary>A model's version as ONNX files in one zip, made when asked for and not kept.</summary>
internal static class OnnxArchive
{
    /// <param name="bundle">Path.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The zip; its file is gone when it is closed.</returns>
    /// <exception cref="ApiException">The network cannot be written as ONNX.</exception>
    public static async Task<Stream> OpenAsync(string bundle, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("captiontl-onnx-").FullName;
        try
        {
            return await Task.Run(() => Make(bundle, folder), cancellation);
        }
        catch (CaptionTLException e) when (e.IsInput)
        {
            throw new ApiException(422, "export_impossible", DiscreetText.Of(e.Message), "The bundle itself can be downloaded.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static FileStream Make(string bundle, string folder)
    {
        OnnxExport.Write(bundle, folder);
        var zip = new FileStream($"{folder}.zip", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        ZipFile.CreateFromDirectory(folder, zip, CompressionLevel.NoCompression, includeBaseDirectory: false); // weights hardly compress
        zip.Position = 0;
        return zip;
    }
}
