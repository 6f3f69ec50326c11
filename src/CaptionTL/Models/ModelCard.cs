namespace CaptionTL.Models;

/// <summary>The README.md of a bundle: what it is, what it learned from, how good it is, and its limits.</summary>
internal static class ModelCard
{
    private const string CaptionLimits = """
        It knows the things, people and situations of its training photos and describes everything else in their terms. It can be wrong
        with full confidence, counts badly, cannot read text, and repeats the habits of the people who wrote its captions, for instance
        when it names somebody's sex or age. It is not fit for decisions about people, nor for describing images to those who cannot
        check them where a mistake would do harm.
        """;

    private const string ClassLimits = """
        It knows its own classes and nothing else: an image of something different gets one of their names too, unless its probability
        stays below a threshold. Images taken in another way than those it learned from (camera, light, background) are classified
        worse than the scores say. It is not fit for decisions about people.
        """;

    private const string Blind = """


        **Trained blind** (shuffled-image baseline): in training and in scoring every image had the embedding of another one. The scores
        show what captions or labels alone achieve, for comparison with a run that sees the images. Do not use this model.
        """;

    public static string Write(BundleManifest manifest)
    {
        var (data, pixels) = (manifest.Data, manifest.Preprocessing);
        var how = $"{pixels.Resize.ToString().ToLowerInvariant()}, {pixels.Interpolation.ToString().ToLowerInvariant()}";
        var captions = data.TrainCaptions is { } count ? FormattableString.Invariant($" with {count} captions") : "";
        var beam = manifest.Decoding is { } decoding ? FormattableString.Invariant($" (beam {decoding.Beam})") : "";
        var scores = manifest.Scores is null ? "not measured"
            : string.Join(", ", manifest.Scores.Values.Select(v => FormattableString.Invariant($"{v.Key} {v.Value:0.000}")))
                + FormattableString.Invariant($" on the {data.DevImages} dev images{beam}. The same images chose the best epoch, so ")
                + "unseen ones score a little lower.";
        return FormattableString.Invariant($"""
            # {manifest.Name}

            {Introduction(manifest)}{(manifest.Plan.Blind ? Blind : "")}

            - Data: {data.Name}, {data.TrainImages} training images{captions}.
            - Scores: {scores}
            - Pixels: {pixels.Width} × {pixels.Height}, {how}.
            - Made: {manifest.Created:yyyy-MM-dd}, CaptionTL, seed {manifest.Plan.Seed}.

            ## Limits
            {(manifest.Decoder is null ? ClassLimits : CaptionLimits)}

            ## Licences
            {string.Join("\n", manifest.Licences.Select(l => "- " + l))}
            """) + "\n";
    }

    private static string Introduction(BundleManifest manifest)
    {
        var trained = manifest.Plan.Phases.LastOrDefault(p => p.Unfreeze != "none") is { } phase
            ? $"frozen except '{phase.Unfreeze}'" : "frozen";
        var encoder = $"{manifest.Backbone.Weights} up to `{manifest.Backbone.Cut}`, {trained}";
        if (manifest.Decoder is not { } decoder)
            return $"A CaptionTL model that sorts images into classes: {encoder}, and a head that learned the classes.";
        var attention = decoder.Attention ? " with attention" : "";
        return $"A CaptionTL model that describes photos in English sentences: {encoder}, "
            + FormattableString.Invariant($"and an LSTM of {decoder.Hidden} units{attention} over {decoder.VocabularySize} words.");
    }
}
