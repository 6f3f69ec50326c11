using CaptionTL.Classes;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Classes;

public class ClassicalHeadTests
{
    [Theory]
    [MemberData(nameof(ClassicalData.Kinds), MemberType = typeof(ClassicalData))]
    public void Load_OfWhatWasSaved_AnswersTheSame(ClassicalKind kind, SvmKernel kernel, FeatureDistance distance, bool standardize,
        int classes)
    {
        var (x, y) = (ClassicalData.Features("head", 60, 6, classes), ClassicalData.Labels(60, classes).Select(k => 3 * k + 2).ToArray());
        var queries = ClassicalData.Features("head queries", 20);
        var head = ClassicalHead.Fit(new ClassicalSettings { Kind = kind, Kernel = kernel, Distance = distance,
            Standardize = standardize }, x, y).Calibrate(x, y);
        using var folder = new TemporaryFolder();
        var path = folder.File("head.safetensors");

        head.Save(path);
        var loaded = ClassicalHead.Load(path);

        loaded.Model.GetType().ShouldBe(head.Model.GetType());
        loaded.Classes.ShouldBe(head.Classes);
        loaded.Decide(queries).SelectMany(s => s).ShouldBe(head.Decide(queries).SelectMany(s => s));
        loaded.Probabilities(queries).SelectMany(s => s).ShouldBe(head.Probabilities(queries).SelectMany(s => s));
        Bytes(loaded).ShouldBe(File.ReadAllBytes(path));
    }

    [Theory]
    [MemberData(nameof(ClassicalData.Kinds), MemberType = typeof(ClassicalData))]
    public void Load_AnyTensorMissingMisshapedOrNotFinite_IsRefused(ClassicalKind kind, SvmKernel kernel, FeatureDistance distance,
        bool standardize, int classes)
    {
        var (x, y) = (ClassicalData.Features("head", 12, 6, classes), ClassicalData.Labels(12, classes));
        var head = ClassicalHead.Fit(new ClassicalSettings { Kind = kind, Kernel = kernel, Distance = distance,
            Standardize = standardize }, x, y);
        using var file = SafetensorsFile.FromBytes(Bytes(head), "head");
        SafetensorsTensor Copy(string name) =>
            SafetensorsTensor.FromBytes(name, file.Tensors[name].DType, file.Tensors[name].Shape, file.Bytes(name).ToArray());

        foreach (var name in file.Names)
        {
            var others = file.Names.Where(n => n != name).Select(Copy).ToList();
            var (dtype, shape) = (file.Tensors[name].DType, file.Tensors[name].Shape);
            Refused(others, $"'{name}'");
            Refused([.. others, Copy(name) with { Shape = [.. shape, 1] }], $"'{name}'");
            var bad = file.Bytes(name).ToArray();
            bad.AsSpan(0, dtype.Size()).Fill(0xFF); // a NaN, or −1
            Refused([.. others, SafetensorsTensor.FromBytes(name, dtype, shape, bad)], $"'{name}'");
        }

        void Refused(List<SafetensorsTensor> tensors, string what)
        {
            using var stream = new MemoryStream();
            SafetensorsWriter.Write(stream, tensors, file.Metadata);
            using var changed = SafetensorsFile.FromBytes(stream.ToArray(), "head");
            Should.Throw<CaptionTLException>(() => ClassicalHead.Load(changed)).Message.ShouldContain(what);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":6,"classes":[0,1,2],"temperature":0}""")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":6,"classes":[0,1,2],"temperature":"NaN"}""")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":0,"classes":[0,1,2]}""")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":7,"classes":[0,1,2]}""")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":6,"classes":[0,2,1]}""")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":6,"classes":[0]}""")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":6,"classes":null}""")]
    [InlineData("""{"version":1,"kind":"kernelSvm","features":6,"classes":[0,1,2]}""")]
    [InlineData("""{"version":1,"kind":"nearestNeighbours","features":6,"classes":[0,1,2],"neighbours":5}""")]
    [InlineData("""{"version":1,"kind":17,"features":6,"classes":[0,1,2]}""")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":6,"classes":[0,1,2],"standardized":true}""")]
    [InlineData("""{"version":1,"kind":"nearestClassMean","features":6,"classes":[0,1,2],"other":1}""")]
    public void Load_BrokenDescription_IsRefused(string json) =>
        Should.Throw<CaptionTLException>(() => LoadWith(json)).Message.ShouldContain("head");

    [Fact]
    public void Load_DescriptionOfThisVersion_IsRead() =>
        LoadWith("""{"version":1,"kind":"nearestClassMean","features":6,"classes":[0,1,2]}""").Classes.ShouldBe([0, 1, 2]);

    [Fact]
    public void Load_NewerVersion_AsksForAnUpdate() =>
        Should.Throw<CaptionTLException>(() => LoadWith("""{"version":2,"somethingNew":1}""")).Message.ShouldContain("newer version");

    [Fact]
    public void Load_NoDescription_IsRefused() =>
        Should.Throw<CaptionTLException>(() => LoadWith(null)).Message.ShouldContain("'classical'");

    [Fact]
    public void Calibrate_ImagesOfUnknownClasses_AreLeftOut()
    {
        var (x, y) = (ClassicalData.Features("head", 60), ClassicalData.Labels(60));
        var head = ClassicalHead.Fit(new ClassicalSettings(), x, y);
        int[] withUnknown = [.. y.Select((label, i) => i < 30 ? label : 99)];

        head.Calibrate(x, withUnknown).Temperature.ShouldBe(head.Calibrate(x.Select([.. Enumerable.Range(0, 30)]), y[..30]).Temperature);
        Should.Throw<CaptionTLException>(() => head.Calibrate(x, [.. y.Select(_ => 99)]));
    }

    private static ClassicalHead LoadWith(string? json)
    {
        using var stream = new MemoryStream();
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        if (json is not null) metadata["classical"] = json;
        SafetensorsWriter.Write(stream, [ClassicalTensors.Of("class_means", new double[18], 3, 6)], metadata);
        using var file = SafetensorsFile.FromBytes(stream.ToArray(), "head");
        return ClassicalHead.Load(file);
    }

    private static byte[] Bytes(ClassicalHead head)
    {
        using var stream = new MemoryStream();
        head.Write(stream);
        return stream.ToArray();
    }
}
