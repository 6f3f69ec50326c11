using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Tests.Images;
using CaptionTL.Training;
using CaptionTL.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Examples;

/// <summary>
/// What the examples run on: the networks whose weights they find, and folders of generated images. Lite0 has its published weights
/// where ../shared is there; Lite1, of whose file no checksum is known, gets random ones everywhere.
/// </summary>
public sealed class ExampleNetworks : IDisposable
{
    private const string Published = "tf_efficientnet_lite0.in1k";
    private const string Random = "tf_efficientnet_lite1.in1k";
    private const int ImagesAClass = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = [];

    public ExampleNetworks()
    {
        foreach (var split in (string[])["train", "val"])
        foreach (var (name, red, blue) in ((string, byte, byte)[])[("ants", 200, 60), ("bees", 60, 200)])
        {
            Directory.CreateDirectory(_folder.File($"{split}/{name}"));
            for (var i = 0; i < ImagesAClass; i++)
                File.WriteAllBytes(_folder.File($"{split}/{name}/{i}.bmp"), Image(red, blue, $"{split}{name}{i}"));
        }
        WriteRandomWeights();
        Set("CAPTIONTL_MODELS", string.Join(Path.PathSeparator, _folder.File("models"), Path.Combine(Repository.Shared, "models")));
        Set("CAPTIONTL_HOME", _folder.File("home"));
        Set("CAPTIONTL_OFFLINE", "1");
    }

    public static TheoryData<string> Names => File.Exists(Path.Combine(Repository.Shared, "models", Published, "model.safetensors"))
        ? [Published, Random] : [Random];

    /// <summary>Two classes of images to train on.</summary>
    public string Train => _folder.File("train");

    /// <summary>As many others of the same classes.</summary>
    public string Validation => _folder.File("val");

    /// <summary>
    /// Whether the network's features tell images that it has not seen apart; random ones only those it was trained on.
    /// </summary>
    public static bool IsPublished(string name) => name == Published;

    /// <summary>Mean cross-entropy of the training images, not augmented.</summary>
    public double Loss(nn.Module<Tensor, Tensor> model, Preprocessing preprocessing)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        model.eval();
        return new FolderImages(Train, preprocessing).InOrder()
            .Average(b => ClassLoss.Categorical(model.call(b.Inputs), b.Labels).item<float>());
    }

    /// <summary>A file that is not there yet.</summary>
    public string NewFile() => _folder.File($"{Guid.NewGuid():N}.safetensors");

    public void Dispose()
    {
        foreach (var (name, value) in _environment) Environment.SetEnvironmentVariable(name, value);
        _folder.Dispose();
    }

    private void Set(string name, string value)
    {
        _environment[name] = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    // Random weights, and batch normalisation with the statistics that these images have in them: without, their differences would
    // drown.
    private void WriteRandomWeights()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(5);
        using var backbone = BackboneRegistry.Find(Random).Build(new BackboneOptions());
        foreach (var norm in backbone.modules().OfType<BatchNorm2d>()) norm.momentum = 1;
        var images = new FolderImages(Train, BackboneRegistry.FindWeights(Random).Preprocessing with { Height = 150, Width = 150 });
        foreach (var batch in images.InOrder()) backbone.call(batch.Inputs);
        SafetensorsWriter.Write(_folder.File($"models/{Random}/model.safetensors"), backbone.state_dict()
            .Select(p => StateDict.Entry(p.Key, p.Value)));
    }

    private static byte[] Image(byte red, byte blue, string name)
    {
        const int Side = 160;
        var noise = Goldens.Uniform(name, Side * Side * 3);
        var pixels = new byte[noise.Length];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(noise[i] * 50 + (i % 3) switch { 0 => red, 1 => 100, _ => blue });
        return BmpWriter.Write(Side, Side, 24, BmpWriter.Rows24(new RgbImage(Side, Side, pixels)));
    }
}
