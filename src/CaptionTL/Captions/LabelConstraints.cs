using CaptionTL.Backbones;
using CaptionTL.Text;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>
/// English words for classes of ImageNet-1k, whose indices follow the sorted WordNet ids. Left out are objects that are rarely what a
/// photo is about (helmets, balls, sunglasses), classes that are narrower than the word, and people, for whom there is no class.
/// </summary>
internal static class ImageNetLabels
{
    /// <summary>Number of classes that a network must have for the indices to be valid.</summary>
    public const int Classes = 1000;

    public static IReadOnlyList<NamedLabel> All { get; } =
    [
        NamedLabel.Parse("*a dog | dog dogs puppy puppies doggy hound hounds greyhound greyhounds terrier terriers poodle poodles "
            + "retriever collie labrador beagle husky dalmatian dachshund pitbull | 151-275"),
        .. """
           *a cat | cat cats kitten kittens kitty | 281-285
           *a bird | bird birds | 7-24 80-100 127-146
           *a duck | duck ducks duckling ducklings | 97-98
           *a goose | goose geese | 99
           *a swan | swan swans | 100
           *a chicken | chicken chickens hen rooster | 7-8
           *a pelican | pelican pelicans | 144
           *a flamingo | flamingo flamingos | 130
           *a penguin | penguin penguins | 145
           *a parrot | parrot parrots | 87-90
           *an ostrich | ostrich ostriches | 9
           *an owl | owl owls | 24
           *an eagle | eagle eagles | 22
           *a peacock | peacock peacocks | 84
           *a bear | bear bears | 294-297
           *a panda | panda pandas | 387-388
           *a monkey | monkey monkeys ape apes gorilla gorillas | 365-384
           *an elephant | elephant elephants | 101 385-386
           *a tiger | tiger tigers | 292
           *a lion | lion lions | 291
           *a leopard | leopard leopards cheetah cheetahs | 288-290 293
           *a wolf | wolf wolves | 269-271
           *a fox | fox foxes | 277-280
           *a zebra | zebra zebras | 340
           *a camel | camel camels | 354
           *a llama | llama llamas | 355
           *a deer | deer antelope antelopes gazelle | 351-353
           *a pig | pig pigs piglet piggy | 341-343
           *a hippo | hippo hippos hippopotamus | 344
           *a kangaroo | kangaroo kangaroos | 104
           *a koala | koala koalas | 105
           *a rabbit | rabbit rabbits bunny hare | 330-332
           *a squirrel | squirrel squirrels | 335
           *a hamster | hamster hamsters | 333 338
           *a turtle | turtle turtles tortoise | 33-37
           *a lizard | lizard lizards iguana | 38-48
           *a crocodile | crocodile crocodiles alligator alligators | 49-50
           *a snake | snake snakes | 52-68
           *a frog | frog frogs | 30-32
           *a shark | shark sharks | 2-4
           *a dolphin | whale whales dolphin dolphins | 147-148
           *a seal | seal seals | 150
           *a spider | spider spiders | 72-77
           *a bee | bee bees | 309
           *an ant | ant ants | 310
           *a butterfly | butterfly butterflies | 321-326
           *a dragonfly | dragonfly dragonflies | 319-320
           *a snail | snail snails | 113
           *a crab | crab crabs | 118-121 125
           *a jellyfish | jellyfish | 107
           *a starfish | starfish | 327
           a horse | horse horses pony ponies | 339 603
           a cow | cow cows cattle bull bulls ox | 345-347
           a sheep | sheep lamb lambs ram | 348-349
           a goat | goat goats | 350
           a fish | fish fishes | 0-1 5-6 389-397
           an insect | insect insects bug | 300-320
           a cup of coffee | coffee | 504-505 967
           a cup | cup cups mug | 504 968
           a bowl of soup | soup | 809 925-926
           a plate of food | food meal | 923-926 935 959-962 964-965
           a pizza | pizza | 963
           a hamburger | hamburger hamburgers burger | 933
           a bowl of fruit | fruit fruits | 948-957
           a banana | banana bananas | 954
           an apple | apple apples | 948
           an orange | oranges | 950
           a strawberry | strawberry strawberries | 949
           a flower | flower flowers daisy dandelion | 984-986
           a mushroom | mushroom mushrooms | 947 991-997
           a pumpkin | pumpkin pumpkins | 607
           an airplane | airplane airplanes plane planes jet | 404 895
           a rocket | rocket rockets | 657 744 812
           a train | train trains locomotive | 466 547 820
           a bus | bus buses | 654 779 874
           a car | car cars | 436 468 511 627 656 661 751 817
           a truck | truck trucks | 555 569 675 717 864 867
           a tractor | tractor tractors | 866
           a ship | ship ships | 403 510 628 724
           a sailboat | sailboat sailboats | 484 871 914
           a piano | piano pianos | 579 881
           a guitar | guitar guitars | 402 546
           a violin | violin violins | 889
           a computer | computer computers laptop laptops | 508 527 620 664 681
           a television | television tv | 851
           a telephone | telephone telephones phone phones | 487 528 707
           a clock | clock clocks | 409 530 892
           a teapot | teapot | 849
           a vase | vase vases | 883
           a lamp | lamp lamps | 619 846
           a bed | bed beds | 564 750
           a sofa | sofa couch | 831
           a bookcase | bookcase bookshelf books | 453-454
           a toilet | toilet | 861
           a castle | castle castles | 483
           a church | church churches | 497
           a bridge | bridge bridges | 821 839 888
           a lighthouse | lighthouse | 437
           """.Split('\n').Select(NamedLabel.Parse),
    ];
}

/// <summary>Something that captions name and that classes of ImageNet-1k show.</summary>
/// <param name="Phrase">How a caption about it begins, words joined by blanks: "a cup of coffee".</param>
/// <param name="Words">Words of captions that mean it.</param>
/// <param name="Classes">Indices of the classes that show it.</param>
internal sealed record NamedLabel(string Phrase, IReadOnlyList<string> Words, IReadOnlyList<int> Classes)
{
    /// <summary>
    /// Whether the classes cover the word so well that where none of them is likely, it is not in the image. True of many animals.
    /// </summary>
    public bool Covered { get; init; }

    /// <summary>
    /// From "phrase | words | classes", classes as numbers and ranges; with a star before it where the classes cover the word.
    /// </summary>
    public static NamedLabel Parse(string line)
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        var covered = parts[0].StartsWith('*');
        return new NamedLabel(parts[0].TrimStart('*'), parts[1].Split(' '),
            [.. parts[2].Split(' ').SelectMany(Range)]) { Covered = covered };
    }

    private static IEnumerable<int> Range(string text)
    {
        var ends = Array.ConvertAll(text.Split('-'), int.Parse);
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }
}

/// <summary>
/// Label-constrained decoding: compares captions with the pretrained network's own class labels. A decoder that has seen a hundred dogs
/// and two cats calls a cat a dog, although the network below it was trained on both. Where a caption names an animal that the network
/// does not see at all while it is sure of something else, the caption is written again, beginning with the latter and without the names
/// of what the network does not see. The constraint is a fixed beginning; Anderson et al. (2017, "Guided open vocabulary image
/// captioning") constrain beam search by tags of a network in the same spirit. Everything else, people above all, stays as it was written.
/// </summary>
internal sealed class LabelConstraints
{
    /// <summary>From this probability on the network is sure.</summary>
    public const double Sure = 0.5;

    /// <summary>Below this probability of all its classes a label is not in the image.</summary>
    public const double Absent = 0.01;

    private static readonly IReadOnlyList<NamedLabel> Labels = ImageNetLabels.All;

    private readonly CnnEncoder _encoder;
    private readonly IReadOnlyList<int[]> _phrases;
    private readonly IReadOnlyList<int[]> _words;

    private LabelConstraints(CnnEncoder encoder, Vocabulary vocabulary)
    {
        _encoder = encoder;
        // A phrase with a word that the decoder cannot write is left out.
        _phrases = [.. Labels.Select(l => l.Phrase.Split(' '))
            .Select(phrase => phrase.All(vocabulary.Contains) ? phrase.Select(vocabulary.IdOf).ToArray() : [])];
        _words = [.. Labels.Select(l => l.Words.Where(vocabulary.Contains).Select(vocabulary.IdOf).ToArray())];
    }

    /// <summary>Null where the network has no classes at its end, or others than ImageNet-1k's.</summary>
    public static LabelConstraints? For(CnnEncoder encoder, Vocabulary vocabulary) =>
        encoder.Classes == ImageNetLabels.Classes ? new LabelConstraints(encoder, vocabulary) : null;

    /// <summary>Which images' captions should be written again, by position, and how.</summary>
    /// <param name="embeddings">(N, P, C), the grids of the network's last block.</param>
    /// <param name="captions">Words of each image's caption.</param>
    public Dictionary<int, CaptionConstraint> Contradicting(Tensor embeddings, IReadOnlyList<IReadOnlyList<string>> captions)
    {
        var doubted = Enumerable.Range(0, captions.Count).Where(i => Named(captions[i]).Any(l => Labels[l].Covered)).ToList();
        if (doubted.Count == 0) return [];
        using var scope = NewDisposeScope();
        var classes = _encoder.Classify(embeddings.index_select(0, tensor(doubted.ToArray(), dtype: ScalarType.Int64))).data<float>()
            .ToArray().Chunk(ImageNetLabels.Classes);
        return doubted.Zip(classes, (image, probabilities) =>
            (image, Constraint: Constraint(captions[image], [.. Labels.Select(l => l.Classes.Sum(c => (double)probabilities[c]))])))
            .Where(d => d.Constraint is not null).ToDictionary(d => d.image, d => d.Constraint!);
    }

    /// <param name="caption">Words of a caption.</param>
    /// <param name="seen">Probability of each label of <see cref="ImageNetLabels.All"/>.</param>
    internal CaptionConstraint? Constraint(IReadOnlyList<string> caption, IReadOnlyList<double> seen)
    {
        var named = Named(caption).ToList();
        if (!named.Any(l => Labels[l].Covered && seen[l] < Absent)) return null;
        var sure = Enumerable.Range(0, Labels.Count).Where(l => seen[l] >= Sure && _phrases[l].Length > 0).ToList();
        if (sure.Count == 0 || named.Any(sure.Contains)) return null;
        var narrowest = sure.MinBy(l => Labels[l].Classes.Count); // it says most
        var absent = Enumerable.Range(0, Labels.Count).Where(l => seen[l] < Absent).SelectMany(l => _words[l]);
        return new CaptionConstraint(_phrases[narrowest], [.. absent.Except(_phrases[narrowest])], seen[narrowest]);
    }

    private static IEnumerable<int> Named(IReadOnlyList<string> caption) =>
        Enumerable.Range(0, Labels.Count).Where(l => caption.Any(Labels[l].Words.Contains));
}

/// <summary>What a caption must begin with and what it must not contain.</summary>
/// <param name="Beginning">Its first words, as indices into the vocabulary.</param>
/// <param name="Banned">Words that it may not use.</param>
/// <param name="Probability">That the image shows what the beginning names; taken as the probability of the beginning's last
/// word.</param>
internal sealed record CaptionConstraint(IReadOnlyList<int> Beginning, IReadOnlyList<int> Banned, double Probability)
{
    /// <summary>The word at a place of the beginning, with its log probability; null behind the beginning.</summary>
    public (int Word, float LogProbability)? At(int place) =>
        place >= Beginning.Count ? null : (Beginning[place], place == Beginning.Count - 1 ? (float)Math.Log(Probability) : 0);
}
