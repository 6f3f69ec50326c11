using System.Globalization;

namespace CaptionTL.Web.Components.Shared;

/// <summary>How runs name the pictures of a data set on the service.</summary>
public static class RunPicture
{
    /// <summary>The picture's id within its data set, which calls its files by their numbers: 17 of "pictures/000017.jpg"; null of other names.</summary>
    public static int? IdOf(string file) => int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The data set's name without its version: "flowers" of "flowers@3".</summary>
    public static string SetOf(string data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Split('@')[0];
    }
}
