using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Text;
using CaptionTL.Training.Plans;

namespace CaptionTL.Training;

/// <summary>A data set with captions or classes, whichever the plan's head learns, and the split that a run uses.</summary>
public sealed class TrainingData
{
    private const double ClassDevShare = 0.2;

    private readonly TransferPlan _plan;

    private TrainingData(Dataset dataset, TransferPlan plan) => (Dataset, _plan) = (dataset, plan);

    public Dataset Dataset { get; }

    /// <summary>Images that are learned from; none before <see cref="Split"/>.</summary>
    public IReadOnlyList<DatasetItem> Train { get; private set; } = [];

    /// <summary>Images that choose the best epoch and give the scores.</summary>
    public IReadOnlyList<DatasetItem> Dev { get; private set; } = [];

    /// <summary>Words of every caption of every training image; captions without words are left out.</summary>
    public IReadOnlyList<List<string[]>> Captions { get; private set; } = [];

    /// <summary>Class of every training image, an index into <see cref="Classes"/>.</summary>
    public int[] Labels => [.. Train.Cast<LabelledItem>().Select(i => i.Class)];

    /// <summary>Names; none where the data set has captions.</summary>
    public IReadOnlyList<string> Classes => Dataset is LabelledDataset labelled ? labelled.Classes : [];

    /// <summary>What a bundle says of the data.</summary>
    public BundleData Description => new(Dataset.Name, Train.Count, Dev.Count)
    {
        TrainCaptions = Dataset is CaptionDataset ? Captions.Sum(c => c.Count) : null,
    };

    /// <param name="plan">Validated.</param>
    /// <param name="path">Folder, archive or file.</param>
    /// <exception cref="CaptionTLException">There is no such data set, or it lacks what the head learns, captions or classes.</exception>
    public static TrainingData Open(TransferPlan plan, string path) =>
        new(plan.Head is CaptionHeadPlan ? CaptionDatasetReader.Open(path) : LabelledDatasetReader.Open(path), plan);

    /// <summary>Takes the split that the run was started with, or makes one and keeps it in the run folder.</summary>
    /// <exception cref="CaptionTLException">There is nothing to train on or to score, or images of the split are missing.</exception>
    public void Split(RunFolder run)
    {
        var split = File.Exists(run.Split) ? Resume(run.Split) : Draw(run.Split);
        List<DatasetItem> train = [.. Dataset.Images.Where(i => split[i.Id] == Datasets.Split.Train)];
        // A share is taken of every class by itself, so that no class goes missing from a small one.
        var kept = train.GroupBy(i => (i as LabelledItem)?.Class).SelectMany(Share).ToHashSet(StringComparer.Ordinal);
        Train = [.. train.Where(i => kept.Contains(i.Id))];
        Dev = [.. Dataset.Images.Where(i => split[i.Id] == Datasets.Split.Dev)];
        if (Classes.Count > 0) AtomicFile.WriteAllText(run.Labels, string.Concat(Classes.Select(c => c + "\n")));
    }

    /// <summary>Leaves out the images that cannot be read.</summary>
    /// <param name="train">Positions of the training images that can be read.</param>
    /// <param name="dev">Positions of the dev images that can be read.</param>
    /// <exception cref="CaptionTLException">A class has no training images left.</exception>
    public void Keep(IReadOnlyList<int> train, IReadOnlyList<int> dev)
    {
        (Train, Dev) = ([.. train.Select(i => Train[i])], [.. dev.Select(i => Dev[i])]);
        if (Dataset is CaptionDataset)
        {
            Captions = [.. Train.Cast<CaptionItem>()
                .Select(i => i.Captions.Select(CaptionTokenizer.Tokenize).Where(words => words.Length > 0).ToList())];
            return;
        }
        var missing = Classes.Where((_, c) => Train.Cast<LabelledItem>().All(i => i.Class != c)).FirstOrDefault();
        if (missing is not null)
            throw new CaptionTLException($"{Dataset.Path}: the class '{missing}' has no training images that can be read, so it cannot be "
                + "learned. Add some, or remove the class.");
    }

    private DataSplit Resume(string path)
    {
        var split = DataSplit.Load(path);
        split.CheckAgainst(Dataset);
        return split;
    }

    private DataSplit Draw(string path)
    {
        // Equal images on both sides of a split would make the scores too good.
        var split = Dataset is LabelledDataset labelled
            ? DataSplit.Create(labelled, ClassDevShare, test: 0, (ulong)_plan.Seed, () => DuplicateFinder.Find(labelled))
            : DataSplit.Create((CaptionDataset)Dataset, seed: (ulong)_plan.Seed);
        var (train, dev) = (split.Count(Datasets.Split.Train), split.Count(Datasets.Split.Dev));
        if (train == 0 || dev == 0)
            throw new CaptionTLException($"{Dataset.Path} has {train} training and {dev} dev images; both are needed. 'captiontl data "
                + "check' shows what was found.");
        split.Save(path);
        return split;
    }

    // The same images, and some more, for a larger share.
    private IEnumerable<string> Share(IEnumerable<DatasetItem> items)
    {
        List<string> ids = [.. items.Select(i => i.Id)];
        return _plan.TrainShare >= 1 ? ids
            : ids.OrderBy(id => DrawOrder.Key(id, (ulong)_plan.Seed), StringComparer.Ordinal)
                .Take(DrawOrder.Share(_plan.TrainShare, ids.Count));
    }
}
