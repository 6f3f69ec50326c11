using CaptionTL.Images;

namespace CaptionTL.Datasets.Shapes;

/// <summary>What can be said of a scene: sentences from a small grammar, as different people would put it.</summary>
internal static class ShapeGrammar
{
    /// <param name="scene">What is drawn.</param>
    /// <param name="count">Sentences; the same may come twice.</param>
    /// <param name="random">Chooses among the ways of saying it.</param>
    public static IReadOnlyList<string> Captions(ShapeScene scene, int count, SplitMix64 random) => [.. Enumerable.Range(0, count).Select(_ => Caption(scene, random))];

    private static string Caption(ShapeScene scene, SplitMix64 random)
    {
        if (scene.Shapes.Count == 1) return One(Noun(scene.Shapes[0], random), random);
        var (first, second) = (Noun(scene.Shapes[0], random), Noun(scene.Shapes[1], random));
        var (forwards, backwards) = scene.Stacked ? ("above", "below") : ("to the left of", "to the right of");
        return random.Below(3) switch
        {
            0 => $"{Article(first)} {forwards} {Article(second)}.",
            1 => $"{Article(second)} is {backwards} {Article(first)}.",
            _ => $"there is {Article(first)} {forwards} {Article(second)}.",
        };
    }

    private static string One(string noun, SplitMix64 random) => random.Below(3) switch
    {
        0 => $"{Article(noun)}.",
        1 => $"{Article(noun)} on a pale background.",
        _ => $"there is {Article(noun)} in the middle.",
    };

    private static string Noun(Shape shape, SplitMix64 random)
    {
        var size = random.Below(3) == 0 ? "" : shape.Large ? "large " : "small ";
        return size + shape.Colour.Name + " " + shape.Kind.ToString().ToLowerInvariant();
    }

    private static string Article(string noun) => $"a {noun}";
}
