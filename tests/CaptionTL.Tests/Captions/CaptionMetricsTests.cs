using System.Text.Json;
using CaptionTL.Captions;
using CaptionTL.IO;
using CaptionTL.Text;

namespace CaptionTL.Tests.Captions;

public class CaptionMetricsTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Compute_ReferenceCaptions_EqualsCocoCaptionForCorpusAndEveryItem()
    {
        using var reference = Goldens.Json("caption_metrics.json");
        var items = reference.RootElement.GetProperty("items").EnumerateArray().ToList();
        var result = CaptionMetrics.Compute([.. items.Select(Captions)]);

        ShouldEqual(result.Corpus, reference.RootElement.GetProperty("corpus"), "corpus");
        result.Items.Count.ShouldBe(items.Count);
        foreach (var (scores, item) in result.Items.Zip(items))
            ShouldEqual(scores, item.GetProperty("scores"), item.GetProperty("id").GetString()!);
    }

    [Fact]
    public void CiderScorer_ManyTimes_GivesTheSameAsTheWholeEvaluation()
    {
        using var reference = Goldens.Json("caption_metrics.json");
        var items = reference.RootElement.GetProperty("items").EnumerateArray().Select(Captions).ToList();
        var scorer = new CiderScorer([.. items.Select(i => i.References.Select(CaptionTokenizer.Tokenize).ToArray())]);
        var candidates = items.Select(i => CaptionTokenizer.Tokenize(i.Candidate)).ToArray();
        var expected = reference.RootElement.GetProperty("corpus").GetProperty("cider_d").GetDouble();

        scorer.Score(candidates).ShouldBe(expected, Tolerance);
        scorer.Score(0, ["words", "nobody", "words", "wrote"]).ShouldBe(0);
        scorer.Score(candidates).ShouldBe(expected, Tolerance);
        Should.Throw<ArgumentException>(() => scorer.Score([.. candidates.Skip(1)]));
    }

    [Fact]
    public void Compute_CandidateEqualToItsReference_HasFullBleuAndRouge()
    {
        var scores = CaptionMetrics.Compute([("1", "A dog runs on the beach.", ["a dog runs on the beach", "An animal."]),
            ("2", "Two cats.", ["Two cats sleep."])]).Items[0];
        scores.Bleu.ShouldAllBe(b => Math.Abs(b - 1) < 1e-6);
        scores.RougeL.ShouldBe(1, 1e-12);
        scores.CiderD.ShouldBe(5, 1e-6); // 10 with the equal reference, 0 with the other
    }

    [Fact]
    public void Compute_EmptyCandidate_ScoresNothing()
    {
        var scores = CaptionMetrics.Compute([("1", " . ", ["a dog runs"]), ("2", "a cat", ["a cat sleeps"])]).Items[0];
        scores.Bleu.ShouldAllBe(b => b == 0);
        (scores.RougeL, scores.CiderD).ShouldBe((0, 0));
    }

    [Fact]
    public void Compute_NoItemsOrNoReferences_SaysSo()
    {
        Should.Throw<CaptionTLException>(() =>
            CaptionMetrics.Compute(Array.Empty<(string, string, IReadOnlyList<string>)>())).Message.ShouldContain("no captions");
        Should.Throw<CaptionTLException>(() => CaptionMetrics.Compute([("a.jpg", "a dog", [])])).Message.ShouldContain("a.jpg");
    }

    private static (string Id, string Candidate, IReadOnlyList<string> References) Captions(JsonElement item) =>
        (item.GetProperty("id").GetString()!, item.GetProperty("candidate").GetString()!,
            [.. item.GetProperty("references").EnumerateArray().Select(r => r.GetString()!)]);

    private static void ShouldEqual(CaptionScores scores, JsonElement expected, string what)
    {
        for (var n = 0; n < 4; n++)
            scores.Bleu[n].ShouldBe(expected.GetProperty("bleu")[n].GetDouble(), Tolerance, $"{what}, BLEU-{n + 1}");
        scores.RougeL.ShouldBe(expected.GetProperty("rouge_l").GetDouble(), Tolerance, $"{what}, ROUGE-L");
        scores.CiderD.ShouldBe(expected.GetProperty("cider_d").GetDouble(), Tolerance, $"{what}, CIDEr-D");
    }
}
