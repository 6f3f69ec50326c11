using System.Globalization;

namespace CaptionTL.Models;

/// <summary>The README.md of a bundle: what it is, what it learned from, how good it is, what it should not be trusted with.</summary>
internal static class ModelCard
{
    public static string Write(BundleManifest manifest)
    {
        var scores = manifest.Scores is { } s
            ? FormattableString.Invariant($"BLEU-1 to BLEU-4 {string.Join(" / ", s.Bleu.Select(b => b.ToString("0.000", CultureInfo.InvariantCulture)))}, ROUGE-L {s.RougeL:0.000}, CIDEr-D {s.CiderD:0.000} on the {manifest.Data.DevPictures} dev pictures (beam {manifest.Decoding.Beam}). The same pictures chose the best epoch, so unseen ones score a little lower.")
            : "not measured";
        return FormattableString.Invariant($"""
            # {manifest.Name}

            A CaptionTL model that describes photos in English sentences: {manifest.Backbone.Weights} up to `{manifest.Backbone.Cut}`, frozen, and an LSTM of {manifest.Decoder.Hidden} units{(manifest.Decoder.Attention ? " with attention" : "")} over {manifest.Decoder.VocabularySize} words.

            - Data: {manifest.Data.Name}, {manifest.Data.TrainPictures} training pictures with {manifest.Data.TrainCaptions} captions.
            - Scores: {scores}
            - Pixels: {manifest.Preprocessing.Width} × {manifest.Preprocessing.Height}, {manifest.Preprocessing.Resize.ToString().ToLowerInvariant()}, {manifest.Preprocessing.Interpolation.ToString().ToLowerInvariant()}.
            - Made: {manifest.Created:yyyy-MM-dd}, CaptionTL, seed {manifest.Plan.Seed}.

            ## Limits
            It knows the things, people and situations of its training photos and describes everything else in their terms. It can be wrong with
            full confidence, counts badly, reads no text, and repeats the habits of the people who wrote its captions, for instance when it names
            somebody's sex or age. It is not fit for decisions about people, nor for describing pictures to those who cannot check them
            where a mistake would do harm.

            ## Licences
            {string.Join("\n", manifest.Licences.Select(l => "- " + l))}
            """) + "\n";
    }
}
