using System.Text.Json;
using CaptionTL.Weights;

namespace CaptionTL.Heads.Classical;

/// <summary>A head's file: safetensors whose metadata hold a <see cref="ClassicalModelState"/> as JSON under <c>classical</c>.</summary>
internal static class ClassicalFile
{
    private const string Key = "classical";

    public static void Write(ClassicalHead head, Stream stream)
    {
        var (state, tensors) = Describe(head.Model);
        if (head.Standardizer is { } standardizer)
            tensors.AddRange([ClassicalTensors.Of("mean", [.. standardizer.Mean], head.Features), ClassicalTensors.Of("deviation", [.. standardizer.Deviation], head.Features)]);
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
            var standardizer = state.Standardized ? new FeatureStandardizer(tensors.Doubles("mean", state.Features), tensors.Doubles("deviation", state.Features)) : null;
            if (standardizer?.Deviation.Any(d => d <= 0) == true) throw tensors.Bad("deviation", "holds a number that is not above 0");
            return new ClassicalHead(model, standardizer, state.Temperature is { } temperature ? new TemperatureScaling(temperature) : null);
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
                [ClassicalTensors.Of("weight", m.Weights, m.Intercepts.Length, features), ClassicalTensors.Of("bias", m.Intercepts, m.Intercepts.Length)]),
            LinearSvm m => (State(ClassicalKind.LinearSvm),
                [ClassicalTensors.Of("weight", m.Weights, pairs, features), ClassicalTensors.Of("bias", m.Intercepts, pairs)]),
            KernelSvm m => (State(ClassicalKind.KernelSvm) with { Kernel = m.Kernel, Gamma = m.Gamma },
                [ClassicalTensors.Of("support_vectors", m.SupportVectors), ClassicalTensors.Of("support_counts", m.SupportCounts),
                    ClassicalTensors.Of("coefficients", m.Coefficients, m.Classes.Count - 1, m.SupportVectors.Rows), ClassicalTensors.Of("bias", m.Intercepts, pairs)]),
            NearestNeighbours m => (State(ClassicalKind.NearestNeighbours) with { Neighbours = m.Neighbours, Distance = m.Distance },
                [ClassicalTensors.Of("pictures", m.Pictures), ClassicalTensors.Of("positions", m.Positions)]),
            NearestClassMean m => (State(ClassicalKind.NearestClassMean), [ClassicalTensors.Of("class_means", m.Means, m.Classes.Count, features)]),
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
                return new LogisticRegression(classes, features, [.. tensors.Doubles("weight", outputs, features), .. tensors.Doubles("bias", outputs)], converged: true);
            case ClassicalKind.LinearSvm:
                return new LinearSvm(classes, features, tensors.Doubles("weight", pairs, features), tensors.Doubles("bias", pairs), converged: true);
            case ClassicalKind.KernelSvm when state is { Kernel: { } kernel, Gamma: { } gamma }:
                ClassicalInput.CheckPositive(gamma, "gamma");
                var vectors = tensors.Matrix("support_vectors", features);
                var counts = tensors.Integers("support_counts", classes.Length, 0, vectors.Rows);
                if (counts.Sum(c => (long)c) != vectors.Rows) throw tensors.Bad("support_counts", $"does not add up to {vectors.Rows} support vectors");
                return new KernelSvm(classes, kernel, gamma, vectors, counts, tensors.Doubles("coefficients", classes.Length - 1, vectors.Rows), tensors.Doubles("bias", pairs), converged: true);
            case ClassicalKind.NearestNeighbours when state is { Neighbours: { } neighbours, Distance: { } distance }:
                var pictures = tensors.Matrix("pictures", features);
                if (neighbours < 1 || neighbours > pictures.Rows) throw Bad(file, $"it asks for {neighbours} neighbours of {pictures.Rows} pictures");
                return new NearestNeighbours(classes, pictures, tensors.Integers("positions", pictures.Rows, 0, classes.Length - 1), neighbours, distance);
            case ClassicalKind.NearestClassMean:
                return new NearestClassMean(classes, features, tensors.Doubles("class_means", classes.Length, features));
            default:
                throw Bad(file, $"its description of a {state.Kind} is not complete");
        }
    }

    private static ClassicalModelState State(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(Key, out var json)) throw Bad(file, $"its metadata have no '{Key}'");
        try
        {
            using (var peek = JsonDocument.Parse(json))
                if (peek.RootElement.ValueKind == JsonValueKind.Object && peek.RootElement.TryGetProperty("version", out var version) && version.TryGetInt32(out var number) && number > ClassicalModelState.CurrentVersion)
                    throw new CaptionTLException($"{file.Path} was made by a newer version of CaptionTL (version {number}, this one reads up to {ClassicalModelState.CurrentVersion}). Update CaptionTL to use it.");
            var state = JsonSerializer.Deserialize<ClassicalModelState>(json, Json.Compact);
            if (state is not { Version: ClassicalModelState.CurrentVersion, Features: > 0, Classes.Count: >= 2 }) throw Bad(file, "its description has no known version, no features or fewer than two classes");
            if (state.Kernel is { } kernel && !Enum.IsDefined(kernel) || state.Distance is { } distance && !Enum.IsDefined(distance)) throw Bad(file, "its kernel or distance is unknown");
            if (state.Classes[0] < 0 || state.Classes.Zip(state.Classes.Skip(1)).Any(p => p.First >= p.Second)) throw Bad(file, "its classes are not ascending");
            if (state.Classes.Count > 30_000) throw Bad(file, $"it has {state.Classes.Count} classes"); // pairs and parameters stay within int
            return state;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Bad(file, e.Message, e);
        }
    }

    private static CaptionTLException Bad(SafetensorsFile file, string reason, Exception? inner = null) =>
        new($"{file.Path} does not hold a conventional model: {reason}. Make or copy it again.", isInput: true, inner);
}
