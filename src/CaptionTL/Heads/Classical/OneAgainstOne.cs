using CaptionTL.Runtime.Onnx;

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

    /// <summary>The same as ONNX nodes: decisions (n, pairs) to scores (n, classes).</summary>
    public static OnnxValue Write(OnnxGraph graph, OnnxValue decisions, int classes)
    {
        if (classes == 2) return graph.Linear(decisions, [-1, 1], null, 1, 2);
        var pairs = Pairs(classes);
        // Rows of classes: 1 for the pair's first, −1 for its second, and the other way round.
        var (firstLessSecond, secondLessFirst) = (new float[classes * pairs], new float[classes * pairs]);
        foreach (var (p, (first, second)) in All(classes).Index())
        {
            (firstLessSecond[first * pairs + p], firstLessSecond[second * pairs + p]) = (1, -1);
            (secondLessFirst[first * pairs + p], secondLessFirst[second * pairs + p]) = (-1, 1);
        }
        var forFirst = graph.Unary("Cast", graph.Binary("Less", decisions, graph.Number(0)), ("to", 1));
        var votes = graph.Linear(forFirst, firstLessSecond, [.. Enumerable.Range(0, classes).Select(k => (float)k)], pairs, classes);
        var sums = graph.Linear(decisions, secondLessFirst, null, pairs, classes);
        var room = graph.Binary("Mul", graph.Binary("Add", graph.Unary("Abs", sums), graph.Number(1)), graph.Number(3));
        var scores = graph.Binary("Add", votes, graph.Binary("Div", sums, room));
        // A tie of votes: what makes the first of the largest the only largest is less than a vote.
        var ordered = graph.Binary(
            "Sub", votes, OnnxWeights.Row(graph, [.. Enumerable.Range(0, classes).Select(k => (double)k / classes)]));
        var winner = graph.Unary("Cast", graph.Binary("GreaterOrEqual", ordered, Largest(ordered)), ("to", 1));
        return graph.Binary("Add", scores, graph.Binary("Mul", winner, graph.Binary("Sub", Largest(scores), scores)));

        OnnxValue Largest(OnnxValue x) => graph.Node("ReduceMax", [x], [1], ("axes", new long[] { 1 }), ("keepdims", 1));
    }
}
