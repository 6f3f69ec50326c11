using System.Text.Json;
using CaptionTL.Heads.Classical;

namespace CaptionTL.Tests.Heads.Classical;

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
                foreach (var kind in Enum.GetValues<ClassicalKind>()) data.Add(kind, SvmKernel.Rbf, FeatureDistance.Euclidean, standardize, classes);
                data.Add(ClassicalKind.KernelSvm, SvmKernel.Linear, FeatureDistance.Euclidean, standardize, classes);
                data.Add(ClassicalKind.NearestNeighbours, SvmKernel.Rbf, FeatureDistance.Cosine, standardize, classes);
            }
            return data;
        }
    }
}
