namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>A class and the images that show it.</summary>
public sealed class TaughtClass(string name)
{
    public string Name { get; } = name;

    /// <summary>Images on the server.</summary>
    public int Images { get; set; }

    /// <summary>Addresses of the latest ones, newest first.</summary>
    public List<string> Thumbnails { get; } = [];
}
