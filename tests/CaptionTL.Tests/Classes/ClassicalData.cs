using System.Text.Json;
using CaptionTL.Classes;

namespace CaptionTL.Tests.Classes;

/// <summary>Features made by the goldens' rule, and the goldens themselves.</summary>
internal static class ClassicalData
{
    /// <summary>uniform(name) with 0.9 added to column i mod classes of row i, as in goldens/classical.json.</summary>
    public static FeatureMatrix Features(string name, int rows, int columns = 6, int classes = 3)
    {
        var values = Goldens.Uniform(name, (long)rows * columns);
        for (var i = 0; i < rows; i++) values[i * columns + i % classes] = (float)(values[i * columns + i % classes] + 0.9);
        return new FeatureMatrix(values, rows, columns);
    }

    /// <summary>i mod classes.</summary>
    public static int[] Labels(int rows, int classes = 3) => [.. Enumerable.Range(0, rows).Select(i => i % classes)];

    /// <summary>40 rows of class 0, then 20 of each other one.</summary>
    public static (FeatureMatrix Features, int[] Labels) Uneven(string name, int classes)
    {
        int[] labels = [.. Enumerable.Repeat(0, 40), .. Enumerable.Range(1, classes - 1).SelectMany(c => Enumerable.Repeat(c, 20))];
        var values = Goldens.Uniform(name, labels.Length * 6);
        for (var i = 0; i < labels.Length; i++) values[i * 6 + labels[i]] += 0.5f;
        return (new FeatureMatrix(values, labels.Length, 6), labels);
    }

    /// <summary>The same with the rows of all classes but 0 twice.</summary>
    public static (FeatureMatrix Features, int[] Labels) Evened(FeatureMatrix features, int[] labels)
    {
        int[] rows = [.. Enumerable.Range(0, labels.Length), .. Enumerable.Range(40, labels.Length - 40)];
        return (features.Select(rows), [.. rows.Select(r => labels[r])]);
    }

    public static FeatureMatrix Rows(params float[][] rows) => FeatureMatrix.FromRows(rows);

    public static double[] Doubles(this JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetDouble())];

    public static int[] Integers(this JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetInt32())];

    public static void ShouldBeNear(this IEnumerable<double> actual, IReadOnlyList<double> expected, double tolerance, string what = "")
    {
        var values = actual.ToArray();
        values.Length.ShouldBe(expected.Count, what);
        for (var i = 0; i < values.Length; i++) values[i].ShouldBe(expected[i], tolerance, $"{what} [{i}]");
    }

    /// <summary>Every kind, fitted with and without standardisation to 60 rows of three classes and of two.</summary>
    public static TheoryData<ClassicalKind, SvmKernel, FeatureDistance, bool, int> Kinds
    {
        get
        {
            var data = new TheoryData<ClassicalKind, SvmKernel, FeatureDistance, bool, int>();
            foreach (var classes in (int[])[2, 3])
            foreach (var standardize in (bool[])[false, true])
            {
                foreach (var kind in Enum.GetValues<ClassicalKind>())
                    data.Add(kind, SvmKernel.Rbf, FeatureDistance.Euclidean, standardize, classes);
                data.Add(ClassicalKind.KernelSvm, SvmKernel.Linear, FeatureDistance.Euclidean, standardize, classes);
                data.Add(ClassicalKind.NearestNeighbours, SvmKernel.Rbf, FeatureDistance.Cosine, standardize, classes);
            }
            return data;
        }
    }
}
