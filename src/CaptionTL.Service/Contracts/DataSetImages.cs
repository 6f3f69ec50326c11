using System.ComponentModel;
using CaptionTL.Datasets;
using Microsoft.AspNetCore.Mvc;

namespace CaptionTL.Service.Contracts;

/// <summary>Which images of a data set are asked for.</summary>
public sealed record ImageQuery
{
    [FromQuery(Name = "split"), Description("train, dev, test or none; all when left out")]
    public string? Split { get; init; }

    [FromQuery(Name = "class"), Description("Only images of this class")]
    public string? Class { get; init; }

    [FromQuery(Name = "undescribed"), Description("Only images without a caption or class")]
    public bool? Undescribed { get; init; }

    [FromQuery(Name = "search"), Description("Text within the file name, a caption or the class")]
    public string? Search { get; init; }
}

/// <summary>Some images of a data set.</summary>
/// <param name="Version">Of the data set.</param>
/// <param name="Total">Images that fit what was asked for.</param>
/// <param name="Offset">Of the first one here.</param>
/// <param name="Images">In the data set's order.</param>
public sealed record DataSetImagePage(int Version, int Total, int Offset, IReadOnlyList<DataSetImage> Images);

/// <summary>An image of a data set and what is known of it.</summary>
/// <param name="Id">Within the data set; never used again.</param>
/// <param name="Name">The file name it came with.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Width">Pixels; null where the image cannot be read.</param>
/// <param name="Height">Pixels; null where the image cannot be read.</param>
/// <param name="Captions">Empty where there are none so far; null where images have labels.</param>
/// <param name="Label">Its class; null where there is none so far, or where images have captions.</param>
/// <param name="Split">"train", "dev" or "test", where the data set says so.</param>
/// <param name="Corrected">What is known of it was corrected by a person.</param>
public sealed record DataSetImage(
    int Id, string Name, long Bytes, int? Width, int? Height, IReadOnlyList<string>? Captions, string? Label, Split? Split,
    bool Corrected = false);

/// <summary>What to change of an image; null leaves it as it is.</summary>
/// <param name="Captions">All of them; empty removes them.</param>
/// <param name="Label">Its class; "" removes it.</param>
/// <param name="Split">"train", "dev" or "test".</param>
public sealed record DataSetImageChange(IReadOnlyList<string>? Captions = null, string? Label = null, Split? Split = null);

/// <summary>What to change of several images at once; null leaves it as it is.</summary>
/// <param name="Ids">Of the images.</param>
/// <param name="Label">Their class; "" removes it.</param>
/// <param name="Split">"train", "dev" or "test".</param>
public sealed record DataSetImagesChange(IReadOnlyList<int> Ids, string? Label = null, Split? Split = null);

/// <summary>An image of a data set.</summary>
/// <param name="Id">Within the data set; never used again.</param>
/// <param name="Name">The file name it came with.</param>
public sealed record ImageName(int Id, string Name);

/// <summary>What an upload added to a data set.</summary>
/// <param name="Version">Of the data set now.</param>
/// <param name="Images">The new ones.</param>
/// <param name="LeftOut">What of the upload was left out, and why.</param>
public sealed record ImagesAdded(int Version, IReadOnlyList<DataSetImage> Images, IReadOnlyList<DatasetProblem> LeftOut);
