using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Heads.Classical;

/// <summary>Several classes from machines of two: one for every pair, in the order (0, 1), (0, 2), …, (1, 2), …</summary>
internal static class OneAgainstOne
{
    public static int Pairs(int classes) => classes * (classes - 1) / 2;

    public static IEnumerable<(int First, int Second)> All(int classes) =>
        Enumerable.Range(0, classes).SelectMany(i => Enumerable.Range(i + 1, classes - i - 1).Select(j => (i, j)));

    /// <summary>
    /// Scores from the pairs' decisions (above 0 for the second class of a pair). Two classes: the opposite of the decision, and the decision. More: votes,
    /// as in LIBSVM, plus less than 1/3 for the sum of a class's decisions, as in scikit-learn's one-vs-rest shape. A tie of votes goes to
    /// the class that comes first, as in LIBSVM: its score is raised to the largest.
    /// </summary>
    public static double[] Scores(ReadOnlySpan<double> decisions, int classes)
    {
        if (classes == 2) return [-decisions[0], decisions[0]];
        var (votes, sums, pair) = (new double[classes], new double[classes], 0);
        for (var i = 0; i < classes; i++)
        for (var j = i + 1; j < classes; j++, pair++)
        {
            votes[decisions[pair] < 0 ? i : j]++;
            sums[i] -= decisions[pair];
            sums[j] += decisions[pair];
        }
        var winner = ClassicalPrediction.Best(votes);
        for (var k = 0; k < classes; k++) votes[k] += sums[k] / (3 * (Math.Abs(sums[k]) + 1));
        votes[winner] = votes.Max();
        return votes;
    }

    /// <summary>The same of tensors: decisions (N, pairs) to scores (N, classes).</summary>
    public static Tensor Scores(Tensor decisions, int classes)
    {
        using var scope = NewDisposeScope();
        if (classes == 2) return decisions.matmul(tensor(new float[,] { { -1, 1 } })).MoveToOuterDisposeScope();
        var (first, second) = (new float[Pairs(classes), classes], new float[Pairs(classes), classes]);
        foreach (var (pair, p) in All(classes).Select((pair, p) => (pair, p))) first[p, pair.First] = second[p, pair.Second] = 1;
        var (forFirst, forSecond) = (tensor(first), tensor(second));
        var chosen = decisions.lt(0).to(ScalarType.Float32);
        var votes = chosen.matmul(forFirst - forSecond) + tensor(Enumerable.Range(0, classes).Select(k => (float)k).ToArray());
        var sums = decisions.matmul(forSecond - forFirst);
        var scores = votes + sums / ((sums.abs() + 1) * 3);
        // A tie of votes: what makes the first of the largest the only largest is less than a vote.
        var ordered = votes - tensor(Enumerable.Range(0, classes).Select(k => (float)k / classes).ToArray());
        var winner = ordered.ge(ordered.amax([1], keepdim: true)).to(ScalarType.Float32);
        return (scores + winner * (scores.amax([1], keepdim: true) - scores)).MoveToOuterDisposeScope();
    }
}
