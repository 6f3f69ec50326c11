using System.Runtime.InteropServices;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Weights;

namespace CaptionTL.Classes;

/// <summary>
/// The file of a conventional head: safetensors whose metadata hold a <see cref="ClassicalModelState"/> as JSON under <c>classical</c>.
/// </summary>
internal static class ClassicalFile
{
    private const string Key = "classical";

    public static void Write(ClassicalHead head, Stream stream)
    {
        var (state, tensors) = Describe(head.Model);
        if (head.Standardizer is { } standardizer)
            tensors.AddRange([ClassicalTensors.Of("mean", [.. standardizer.Mean], head.Features),
                ClassicalTensors.Of("deviation", [.. standardizer.Deviation], head.Features)]);
        state = state with { Standardized = head.Standardizer is not null, Temperature = head.Temperature?.Temperature };
        SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(state, Json.Compact) });
    }

    public static ClassicalHead Read(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var state = State(file);
        try
        {
            var tensors = new ClassicalTensors(file);
            var model = Model(file, state, tensors);
            var standardizer = state.Standardized ? new FeatureStandardizer(tensors.Doubles("mean", state.Features),
                tensors.Doubles("deviation", state.Features)) : null;
            if (standardizer?.Deviation.Any(d => d <= 0) == true) throw tensors.Bad("deviation", "holds a number that is not above 0");
            return new ClassicalHead(model, standardizer, state.Temperature is { } temperature
                ? new TemperatureScaling(temperature) : null);
        }
        catch (CaptionTLException e) when (e is not WeightFileException)
        {
            throw Bad(file, e.Message, e);
        }
    }

    private static (ClassicalModelState State, List<SafetensorsTensor> Tensors) Describe(IClassicalModel model)
    {
        ClassicalModelState State(ClassicalKind kind) => new() { Kind = kind, Features = model.Features, Classes = model.Classes };
        var (features, pairs) = (model.Features, OneAgainstOne.Pairs(model.Classes.Count));
        return model switch
        {
            LogisticRegression m => (State(ClassicalKind.LogisticRegression),
                [ClassicalTensors.Of("weight", m.Weights, m.Intercepts.Length, features),
                    ClassicalTensors.Of("bias", m.Intercepts, m.Intercepts.Length)]),
            LinearSvm m => (State(ClassicalKind.LinearSvm),
                [ClassicalTensors.Of("weight", m.Weights, pairs, features), ClassicalTensors.Of("bias", m.Intercepts, pairs)]),
            KernelSvm m => (State(ClassicalKind.KernelSvm) with { Kernel = m.Kernel, Gamma = m.Gamma },
                [ClassicalTensors.Of("support_vectors", m.SupportVectors), ClassicalTensors.Of("support_counts", m.SupportCounts),
                    ClassicalTensors.Of("coefficients", m.Coefficients, m.Classes.Count - 1, m.SupportVectors.Rows),
                        ClassicalTensors.Of("bias", m.Intercepts, pairs)]),
            NearestNeighbours m => (State(ClassicalKind.NearestNeighbours) with { Neighbours = m.Neighbours, Distance = m.Distance },
                [ClassicalTensors.Of("pictures", m.Images), ClassicalTensors.Of("positions", m.Positions)]),
            NearestClassMean m =>
                (State(ClassicalKind.NearestClassMean), [ClassicalTensors.Of("class_means", m.Means, m.Classes.Count, features)]),
            _ => throw new ArgumentException($"{model.GetType().Name} cannot be saved", nameof(model)),
        };
    }

    private static IClassicalModel Model(SafetensorsFile file, ClassicalModelState state, ClassicalTensors tensors)
    {
        int[] classes = [.. state.Classes];
        var (features, pairs, outputs) = (state.Features, OneAgainstOne.Pairs(classes.Length), LogisticLoss.Outputs(classes.Length));
        switch (state.Kind)
        {
            case ClassicalKind.LogisticRegression:
                return new LogisticRegression(classes, features,
                    [.. tensors.Doubles("weight", outputs, features), .. tensors.Doubles("bias", outputs)], converged: true);
            case ClassicalKind.LinearSvm:
                return new LinearSvm(classes, features, tensors.Doubles("weight", pairs, features), tensors.Doubles("bias", pairs),
                    converged: true);
            case ClassicalKind.KernelSvm when state is { Kernel: { } kernel, Gamma: { } gamma }:
                ClassicalInput.CheckPositive(gamma, "gamma");
                var vectors = tensors.Matrix("support_vectors", features);
                var counts = tensors.Integers("support_counts", classes.Length, 0, vectors.Rows);
                if (counts.Sum(c => (long)c) != vectors.Rows)
                    throw tensors.Bad("support_counts", $"does not add up to {vectors.Rows} support vectors");
                return new KernelSvm(classes, kernel, gamma, vectors, counts,
                    tensors.Doubles("coefficients", classes.Length - 1, vectors.Rows), tensors.Doubles("bias", pairs), converged: true);
            case ClassicalKind.NearestNeighbours when state is { Neighbours: { } neighbours, Distance: { } distance }:
                var images = tensors.Matrix("pictures", features);
                if (neighbours < 1 || neighbours > images.Rows)
                    throw Bad(file, $"its number of neighbours is {neighbours}, with {images.Rows} images");
                return new NearestNeighbours(classes, images, tensors.Integers("positions", images.Rows, 0, classes.Length - 1),
                    neighbours, distance);
            case ClassicalKind.NearestClassMean:
                return new NearestClassMean(classes, features, tensors.Doubles("class_means", classes.Length, features));
            default:
                throw Bad(file, $"its description of a {state.Kind} is incomplete");
        }
    }

    private static ClassicalModelState State(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(Key, out var json)) throw Bad(file, $"its metadata have no '{Key}'");
        try
        {
            using (var peek = JsonDocument.Parse(json))
                if (peek.RootElement.ValueKind == JsonValueKind.Object && peek.RootElement.TryGetProperty("version", out var version)
                    && version.TryGetInt32(out var number) && number > ClassicalModelState.CurrentVersion)
                    throw new CaptionTLException($"{file.Path} was made by a newer version of CaptionTL (version {number}, this one "
                        + $"reads up to {ClassicalModelState.CurrentVersion}). Update CaptionTL to use it.");
            var state = JsonSerializer.Deserialize<ClassicalModelState>(json, Json.Compact);
            if (state is not { Version: ClassicalModelState.CurrentVersion, Features: > 0, Classes.Count: >= 2 })
                throw Bad(file, "its description has no known version, no features or fewer than two classes");
            if (state.Kernel is { } kernel && !Enum.IsDefined(kernel) || state.Distance is { } distance && !Enum.IsDefined(distance))
                throw Bad(file, "its kernel or distance is unknown");
            if (state.Classes[0] < 0 || state.Classes.Zip(state.Classes.Skip(1)).Any(p => p.First >= p.Second))
                throw Bad(file, "its classes are not ascending");
            // pairs and parameters stay within int
            if (state.Classes.Count > 30_000) throw Bad(file, $"it has {state.Classes.Count} classes");
            return state;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Bad(file, e.Message, e);
        }
    }

    private static CaptionTLException Bad(SafetensorsFile file, string reason, Exception? inner = null) =>
        new($"{file.Path} does not hold a conventional model: {reason}. Train or copy it again.", isInput: true, inner);
}

/// <summary>What a file says of the conventional model in it, besides its tensors.</summary>
public sealed record ClassicalModelState
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required ClassicalKind Kind { get; init; }

    /// <summary>Numbers per image.</summary>
    public required int Features { get; init; }

    /// <summary>Labels, ascending.</summary>
    public required IReadOnlyList<int> Classes { get; init; }

    /// <summary>Whether the file has the tensors <c>mean</c> and <c>deviation</c>.</summary>
    public bool Standardized { get; init; }

    public double? Temperature { get; init; }

    public SvmKernel? Kernel { get; init; }

    public double? Gamma { get; init; }

    public int? Neighbours { get; init; }

    public FeatureDistance? Distance { get; init; }
}

/// <summary>Tensors of a model's file: each must have the expected type and shape, and hold finite numbers.</summary>
internal sealed class ClassicalTensors(SafetensorsFile file)
{
    public static SafetensorsTensor Of(string name, ReadOnlySpan<double> values, params ReadOnlySpan<long> shape) =>
        SafetensorsTensor.FromBytes(name, TensorDType.F64, shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray());

    public static SafetensorsTensor Of(string name, FeatureMatrix values) =>
        SafetensorsTensor.FromFloats(name, [values.Rows, values.Columns], values.Values.ToArray());

    public static SafetensorsTensor Of(string name, int[] values) =>
        SafetensorsTensor.FromBytes(name, TensorDType.I32, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public double[] Doubles(string name, params ReadOnlySpan<long> shape)
    {
        Check(name, TensorDType.F64, shape);
        var values = new double[file.Tensors[name].Count];
        file.Read(name, MemoryMarshal.AsBytes(values.AsSpan()));
        if (!values.All(double.IsFinite)) throw Bad(name, "holds a number that is not finite");
        return values;
    }

    /// <summary>A matrix with any number of rows.</summary>
    public FeatureMatrix Matrix(string name, int columns)
    {
        var rows = Rows(name);
        Check(name, TensorDType.F32, [rows, columns]);
        var values = new float[(long)rows * columns];
        file.Read(name, MemoryMarshal.AsBytes(values.AsSpan()));
        return values.All(float.IsFinite) ? new FeatureMatrix(values, rows, columns)
            : throw Bad(name, "holds a number that is not finite");
    }

    /// <summary>Whole numbers within bounds.</summary>
    public int[] Integers(string name, int count, int least, int most)
    {
        Check(name, TensorDType.I32, [count]);
        var values = new int[count];
        file.Read(name, MemoryMarshal.AsBytes(values.AsSpan()));
        return values.All(v => v >= least && v <= most) ? values : throw Bad(name, $"holds a number outside {least} to {most}");
    }

    public WeightFileException Bad(string name, string reason) =>
        new(file.Path, $"tensor '{name}'", reason + "; train or copy the model again");

    private int Rows(string name) =>
        file.Tensors.TryGetValue(name, out var entry) && entry.Shape is [>= 0 and <= int.MaxValue, _] ? (int)entry.Shape[0]
            : throw Bad(name, "is missing or not a matrix");

    private void Check(string name, TensorDType type, ReadOnlySpan<long> shape)
    {
        if (!file.Tensors.TryGetValue(name, out var entry)) throw Bad(name, "is missing");
        if (entry.DType != type || !entry.Shape.AsSpan().SequenceEqual(shape))
            throw Bad(name, $"is {entry.DType} of [{string.Join(", ", entry.Shape)}], expected {type} of "
                + $"[{string.Join(", ", shape.ToArray())}]");
    }
}
