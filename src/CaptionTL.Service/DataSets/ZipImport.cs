using System.Globalization;
using System.IO.Compression;
using CaptionTL.Datasets;
using CaptionTL.Images;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.DataSets;

/// <summary>An archive of any layout that the library reads, as images under numbers with what is known of them.</summary>
internal static class ZipImport
{
    /// <summary>Below this nobody is harmed, whatever the ratio.</summary>
    private const long HarmlessBytes = 64L << 20;

    /// <param name="zip">The archive, in the staging folder.</param>
    /// <param name="name">Of the data set, for messages in place of the path.</param>
    /// <param name="intake">Takes the images.</param>
    /// <param name="limits">How much may come out of it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What the images came with.</returns>
    /// <exception cref="ApiException">Not an archive, an unknown layout, nothing usable, or more than is taken.</exception>
    public static DataSetKind Read(string zip, string name, ImageIntake intake, DataSetOptions limits, CancellationToken cancellation)
    {
        try
        {
            CheckArchive(zip, limits);
            var dataset = DatasetReader.Open(zip);
            foreach (var problem in dataset.Problems) intake.Leave(problem.Where, Hidden(problem.Reason, zip, name));
            using var reader = new ImageReader();
            foreach (var item in dataset.Images)
            {
                cancellation.ThrowIfCancellationRequested();
                Take(reader, item, dataset as LabelledDataset, intake, zip, name);
            }
            return dataset is LabelledDataset ? DataSetKind.Classes : DataSetKind.Captions;
        }
        catch (CaptionTLException e) when (e.IsInput)
        {
            throw Unusable(Hidden(e.Message, zip, name));
        }
        catch (InvalidDataException)
        {
            throw Unusable("The upload is not a zip archive, or it is damaged.");
        }
    }

    private static void Take(ImageReader reader, DatasetItem item, LabelledDataset? labels, ImageIntake intake, string zip,
        string name)
    {
        byte[] bytes;
        try
        {
            bytes = reader.Read(item.Source);
        }
        catch (CaptionTLException e)
        {
            intake.Leave(item.Id, Hidden(e.Message, zip, name));
            return;
        }
        intake.Add(bytes, item.Id, (item as CaptionItem)?.Captions, item is LabelledItem labelled ? labels!.Classes[labelled.Class] : null,
            item.Split);
    }

    /// <summary>By what the archive says of itself; .NET unpacks no entry beyond the size it declares, so it cannot understate.</summary>
    private static void CheckArchive(string zip, DataSetOptions limits)
    {
        using var archive = ZipFile.OpenRead(zip);
        if (archive.Entries.Count > limits.MaxFiles) throw ImageIntake.TooMany(limits.MaxFiles);
        long unpacked = 0;
        foreach (var entry in archive.Entries)
        {
            unpacked = checked(unpacked + entry.Length);
            if (unpacked > limits.MaxUnpackedBytes) throw ImageIntake.TooLarge(limits.MaxUnpackedBytes);
            if (entry.Length > limits.MaxTextBytes && IsText(entry.Name))
                throw new ApiException(413, "upload_too_large", string.Create(CultureInfo.InvariantCulture,
                    $"A caption or label file of the archive unpacks to more than {limits.MaxTextBytes:N0} bytes."),
                    "Send only what names images, captions and labels.");
        }
        if (unpacked > HarmlessBytes && unpacked / Math.Max(1, new FileInfo(zip).Length) > limits.MaxRatio)
            throw new ApiException(413, "zip_ratio", string.Create(CultureInfo.InvariantCulture,
                $"The archive unpacks to more than {limits.MaxRatio} times its size, which archives of images do not."),
                "Send images as JPEG, PNG or WebP.");
    }

    private static bool IsText(string name) =>
        DatasetReader.TextEndings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The library's messages name the file; callers know it by the data set's name.</summary>
    private static string Hidden(string message, string zip, string name) =>
        message.Replace(zip, $"{name}.zip", StringComparison.Ordinal)
            .Replace(Path.GetFileName(zip), $"{name}.zip", StringComparison.Ordinal);

    private static ApiException Unusable(string message) =>
        new(422, "data_set_unusable", message,
            "Send a zip with a folder for each class, or with metadata.jsonl (file_name, text) beside the images.");
}
