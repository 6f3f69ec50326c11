using CaptionTL.Backbones;
using CaptionTL.Text;
using static TorchSharp.torch;

namespace CaptionTL.Heads.Things;

/// <summary>
/// Holds captions against what the pretrained network itself would say. A decoder that has seen a hundred dogs and two cats calls a cat a dog,
/// while the network below it was trained on both: where a caption names an animal of which the network sees nothing and the network is sure
/// of something else, the caption is written again, beginning with that and without what the network does not see. What is certain to be said
/// stands in the beginning, as in the constrained search of Anderson et al. (2017, "Guided open vocabulary image captioning"), whose
/// tags came from a network, too. Everything else, people above all, is left as it was written.
/// </summary>
internal sealed class ThingCheck
{
    /// <summary>From this probability on the network is sure.</summary>
    public const double Sure = 0.5;

    /// <summary>Below this probability of all its classes a thing is not in the picture.</summary>
    public const double Absent = 0.01;

    private readonly CnnEncoder _encoder;
    private readonly IReadOnlyList<Thing> _things;
    private readonly IReadOnlyList<int[]> _phrases;
    private readonly IReadOnlyList<int[]> _words;

    private ThingCheck(CnnEncoder encoder, Vocabulary vocabulary, IReadOnlyList<Thing> things)
    {
        (_encoder, _things) = (encoder, things);
        // A phrase with a word that the decoder cannot write is no phrase.
        _phrases = [.. things.Select(t => t.Phrase.Split(' '))
            .Select(phrase => phrase.All(vocabulary.Contains) ? phrase.Select(vocabulary.IdOf).ToArray() : [])];
        _words = [.. things.Select(t => t.Words.Where(vocabulary.Contains).Select(vocabulary.IdOf).ToArray())];
    }

    /// <summary>Null where the network cannot say: its classes are not there, or not ImageNet-1k's.</summary>
    public static ThingCheck? For(CnnEncoder encoder, Vocabulary vocabulary) =>
        encoder.Classes == ImageNetThings.Classes ? new ThingCheck(encoder, vocabulary, ImageNetThings.All) : null;

    /// <summary>Which captions should be written again, and how.</summary>
    /// <param name="embeddings">(N, P, C), the grids of the network's last block.</param>
    /// <param name="captions">Of each picture, as indices into the vocabulary.</param>
    public IReadOnlyDictionary<int, CaptionCue> Doubts(Tensor embeddings, IReadOnlyList<IReadOnlyList<int>> captions)
    {
        var doubted = Enumerable.Range(0, captions.Count).Where(i => Named(captions[i]).Any(t => _things[t].Covered)).ToList();
        if (doubted.Count == 0) return new Dictionary<int, CaptionCue>();
        using var scope = NewDisposeScope();
        var classes = _encoder.Classify(embeddings.index_select(0, tensor(doubted.ToArray(), dtype: ScalarType.Int64))).data<float>().ToArray().Chunk(ImageNetThings.Classes);
        return doubted.Zip(classes, (picture, probabilities) => (picture, Cue: Cue(captions[picture], [.. _things.Select(t => t.Classes.Sum(c => (double)probabilities[c]))])))
            .Where(d => d.Cue is not null).ToDictionary(d => d.picture, d => d.Cue!);
    }

    /// <param name="caption">That names a thing which the classes cover.</param>
    /// <param name="seen">Probability of each thing.</param>
    internal CaptionCue? Cue(IReadOnlyList<int> caption, IReadOnlyList<double> seen)
    {
        var named = Named(caption).ToList();
        if (!named.Any(t => _things[t].Covered && seen[t] < Absent)) return null;
        var sure = Enumerable.Range(0, _things.Count).Where(t => seen[t] >= Sure && _phrases[t].Length > 0).ToList();
        if (sure.Count == 0 || named.Any(sure.Contains)) return null;
        var thing = sure.MinBy(t => _things[t].Classes.Count); // the narrowest says most
        var absent = Enumerable.Range(0, _things.Count).Where(t => seen[t] < Absent).SelectMany(t => _words[t]).Except(_phrases[thing]);
        return new CaptionCue(_phrases[thing], [.. absent], seen[thing]);
    }

    private IEnumerable<int> Named(IReadOnlyList<int> caption) => Enumerable.Range(0, _things.Count).Where(t => caption.Any(_words[t].Contains));
}
