using CaptionTL.Service.Api;
using System.Globalization;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Shared;

/// <summary>An image on the page, and what a model said of it.</summary>
public abstract class ImageEntry<TAnswer>(PickedImage image) where TAnswer : class
{
    public Guid Id { get; } = Guid.NewGuid();

    public PickedImage Image => image;

    public TAnswer? Answer { get; private set; }

    public ApiException? Failure { get; private set; }

    public bool IsBusy => Answer is null && Failure is null;

    /// <summary>Asked anew, with other options.</summary>
    public virtual void Restart() => (Answer, Failure) = (null, null);

    /// <summary>Asks about the image, and keeps the answer or what went wrong; neither where the visitor left meanwhile.</summary>
    public async Task AskAsync(Func<Task<TAnswer>> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            if (Image.Problem is { } problem) throw ApiException.Invalid(problem, "Choose another image.");
            Answer = await ask();
        }
        catch (ApiException failure)
        {
            Failure = failure;
        }
        catch (OperationCanceledException)
        {
            // the visitor has left the page
        }
    }
}

/// <summary>What the browser tells of an image that was dropped, pasted, chosen or photographed.</summary>
/// <param name="Name">File name.</param>
/// <param name="Preview">blob: address of what is sent, upright.</param>
/// <param name="Width">Of the preview, pixels.</param>
/// <param name="Height">Of the preview, pixels.</param>
/// <param name="ScaledFrom">"4000 × 3000" where the browser made it smaller.</param>
/// <param name="Problem">Why it cannot be sent.</param>
/// <param name="Kept">Number under which the browser keeps it; null where it does not.</param>
public sealed record PickedImage(string Name, string? Preview, int Width, int Height, string? ScaledFrom, string? Problem,
    int? Kept = null)
{
    /// <summary>Larger files are refused before they are sent, bytes.</summary>
    public const int LargestFile = 32 * 1024 * 1024;

    /// <summary>The file itself; empty where there is a problem.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>
    /// Name under which drafts.js keeps a field that belongs to the image; null where the image will not come back either.
    /// </summary>
    public string? Draft(string field) => Kept is { } id ? $"{field}-{id}" : null;
}

/// <summary>How runs name the images of a data set on the service.</summary>
public static class RunImage
{
    /// <summary>
    /// The image's id within its data set, which calls its files by their numbers: 17 of "images/000017.jpg"; null of other names.
    /// </summary>
    public static int? IdOf(string file) =>
        int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The data set's name without its version: "flowers" of "flowers@3".</summary>
    public static string SetOf(string data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Split('@')[0];
    }
}

/// <summary>An image for people who have none at hand (datasets/samples).</summary>
/// <param name="File">Its name.</param>
/// <param name="Description">For people who cannot see it.</param>
public sealed record SampleImage(string File, string Description)
{
    public static IReadOnlyList<SampleImage> All { get; } =
    [
        new("astronaut.png", "an astronaut's portrait"),
        new("chelsea.png", "a cat's face"),
        new("coffee.png", "a cup of coffee"),
        new("rocket.jpg", "a rocket at its launch"),
    ];

    public string Address => $"samples/{File}";
}
