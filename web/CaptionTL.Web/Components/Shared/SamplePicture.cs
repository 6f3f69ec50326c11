namespace CaptionTL.Web.Components.Shared;

/// <summary>A picture for people who have none at hand (datasets/samples).</summary>
/// <param name="File">Its name.</param>
/// <param name="Description">For people who cannot see it.</param>
public sealed record SamplePicture(string File, string Description)
{
    public static IReadOnlyList<SamplePicture> All { get; } =
    [
        new("astronaut.png", "an astronaut's portrait"),
        new("chelsea.png", "a cat's face"),
        new("coffee.png", "a cup of coffee"),
        new("rocket.jpg", "a rocket at its launch"),
    ];

    public string Address => $"samples/{File}";
}
