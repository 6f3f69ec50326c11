namespace CaptionTL.Web.Components.Pages.Teach;

/// <summary>A class and the pictures that show it.</summary>
public sealed class TaughtClass(string name)
{
    public string Name { get; } = name;

    /// <summary>Pictures on the server.</summary>
    public int Pictures { get; set; }

    /// <summary>Addresses of the latest ones, newest first.</summary>
    public List<string> Thumbnails { get; } = [];
}
