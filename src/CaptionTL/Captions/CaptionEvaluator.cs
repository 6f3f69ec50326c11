using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Text;
using CaptionTL.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>Captions every image of a split and scores the captions against the references.</summary>
/// <param name="ids">Names of the images.</param>
/// <param name="references">Reference captions of each image.</param>
/// <param name="search">Its decoder is in inference mode while it evaluates.</param>
/// <param name="options">How words are chosen.</param>
public sealed class CaptionEvaluator(
    IReadOnlyList<string> ids, IReadOnlyList<IReadOnlyList<string>> references, CaptionSearch search, DecodingOptions options)
{
    private const int ImagesAtOnce = 64;

    /// <param name="images">The split's embeddings; view 0 is captioned, together with view 1, its mirror image, where
    /// <see cref="DecodingOptions.Mirror"/> says so.</param>
    /// <param name="features">Applied to embeddings (N, P, C) before the decoder reads them; null for none.</param>
    /// <param name="progress">Called with the images done and their total.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public CaptionedSplit Evaluate(
        IImageEmbeddings images, Func<Tensor, Tensor>? features = null, Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        var captions = new List<EvaluatedCaption>(ids.Count);
        foreach (var batch in Enumerable.Range(0, ids.Count).Chunk(ImagesAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var embeddings = EmbeddingBatch.Gather(images,
                [.. Enumerable.Range(0, options.Views).SelectMany(view => batch.Select(i => (i, view)))]);
            if (features is not null) embeddings = features(embeddings);
            var found = search.Run(embeddings, options, cancellation: cancellation);
            captions.AddRange(batch.Zip(found, (i, result) =>
                new EvaluatedCaption(ids[i], string.Join(' ', result.Captions[0].Words), references[i])));
            progress?.Invoke(captions.Count, ids.Count);
        }
        var scores = CaptionMetrics.Compute(captions.ConvertAll(c => (c.Id, c.Caption, c.References)));
        return new CaptionedSplit(
            scores.Corpus, CaptionDiversity.Of(captions.Select(c => c.Caption.Split(' '))),
            [.. captions.Zip(scores.Items, (c, item) => c with { CiderD = item.CiderD })]);
    }
}

/// <summary>Scores of a set of captions.</summary>
/// <param name="Corpus">BLEU over summed counts; ROUGE-L and CIDEr-D as means over the items.</param>
/// <param name="Items">The same order as the captions given.</param>
public sealed record CaptionEvaluation(CaptionScores Corpus, IReadOnlyList<CaptionScores> Items);

/// <summary>A model's captions of a split and their scores.</summary>
/// <param name="Scores">Scores of the whole split.</param>
/// <param name="Diversity">How many of the captions are distinct; hardly any when they no longer depend on the images.</param>
/// <param name="Captions">In the split's order.</param>
public sealed record CaptionedSplit(CaptionScores Scores, CaptionDiversity Diversity, IReadOnlyList<EvaluatedCaption> Captions);

/// <summary>An image's caption beside its references, as run folders hold it.</summary>
/// <param name="Id">The image's name in its data set.</param>
/// <param name="Caption">As the model wrote it.</param>
/// <param name="References">Captions that people wrote of it.</param>
public sealed record EvaluatedCaption(string Id, string Caption, IReadOnlyList<string> References)
{
    /// <summary>This caption's own CIDEr-D, document frequencies from the whole split; null before it is scored.</summary>
    public double? CiderD { get; init; }
}

/// <summary>COCO's results file, which other evaluation tools read: <c>[{"image_id": …, "caption": …}, …]</c>.</summary>
public static class CocoResults
{
    /// <summary>
    /// Writes the file whole or not at all. Ids that are whole numbers are written as numbers, as COCO's are, others as text.
    /// </summary>
    public static void Save(string path, IEnumerable<(string Id, string Caption)> captions) =>
        AtomicFile.Write(path, stream => Write(stream, captions));

    /// <inheritdoc cref="Save"/>
    public static void Write(Stream stream, IEnumerable<(string Id, string Caption)> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        // The relaxed encoder leaves apostrophes and letters of other scripts readable; the file is never part of a web page.
        using var json = new Utf8JsonWriter(stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true });
        json.WriteStartArray();
        foreach (var (id, caption) in captions)
        {
            json.WriteStartObject();
            if (long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number.ToString(CultureInfo.InvariantCulture) == id)
                json.WriteNumber("image_id", number);
            else
                json.WriteString("image_id", id);
            json.WriteString("caption", caption);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
