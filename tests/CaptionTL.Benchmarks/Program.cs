using System.Globalization;
using System.Text.Json;
using CaptionTL.Benchmarks;

// Prints one JSON object with the keys of reference/captioner.py, so that both can be laid side by side. With --reference it runs that
// script too, in the same minute on the same machine, and prints tables: dotnet run -c Release --project tests/CaptionTL.Benchmarks --
// --reference --encoders prints the table of encoders only (--networks NAME,NAME chooses which, --before DLL adds an earlier build's
// CaptionTL.Benchmarks.dll, --rounds how often each is measured); --encoder NAME measures one of ours, --onnx FILE a file; --loading
// prints the table of loading weights; --bad-files how long bad weight files take (--rounds: mutations of each good file); --epochs an
// epoch of training out of the cache beside the same epoch without it (--networks); --serving the captioning service under load over
// loopback (--seconds of each row).
var sizes = Sizes.Parse(args);
CaptionTL.Runtime.NativeStartup.Prepare();
TorchSharp.torch.set_num_threads(sizes.Threads);
if (Option("--encoder") is { } encoder)
{
    Console.WriteLine(EncoderComparison.ToJson(Encoder.Measure(encoder, sizes)));
    return 0;
}
if (Option("--onnx") is { } file)
{
    Console.WriteLine(EncoderComparison.ToJson(Encoder.MeasureFile(file, sizes)));
    return 0;
}
var networks = (Option("--networks") ?? "resnet50,vgg16,mobilenet_v2,tf_efficientnet_lite0").Split(',');
if (args.Contains("--bad-files"))
{
    BadFiles.Print(
        Path.Combine(AppContext.BaseDirectory, "goldens"), int.Parse(Option("--rounds") ?? "4000", CultureInfo.InvariantCulture));
    return 0;
}
if (args.Contains("--epochs"))
{
    CachedEpochs.Print((Option("--networks") ?? "tf_efficientnet_lite0,resnet50").Split(','), sizes);
    return 0;
}
if (args.Contains("--serving"))
{
    await Serving.PrintAsync(sizes.Seconds);
    return 0;
}
if (args.Contains("--loading"))
{
    Loading.Print(networks, sizes);
    return 0;
}
if (args.Contains("--encoders"))
{
    EncoderComparison.Print(sizes, networks, Option("--before"), int.Parse(Option("--rounds") ?? "3", CultureInfo.InvariantCulture));
    return 0;
}
var results = new Dictionary<string, object>
{
    ["program"] = "captiontl",
    ["threads"] = sizes.Threads,
    ["train_step_seconds"] = Math.Round(TrainingStep.Seconds(sizes), 4),
    ["captions_per_second"] = Math.Round(Captions.PerSecond(sizes), 2),
    ["encoder_images_per_second"] = Encoder.Measure("tf_efficientnet_lite0", sizes).ImagesPerSecond,
};
Console.WriteLine(JsonSerializer.Serialize(results));
if (!args.Contains("--reference")) return 0;

var reference = Reference.Run(sizes);
Console.WriteLine(reference.RootElement.GetRawText());
Console.WriteLine();
Console.WriteLine("| | CaptionTL | PyTorch | ratio |");
Console.WriteLine("|---|---|---|---|");
Row("training step, seconds (lower is better)", "train_step_seconds", "train_step_seconds");
Row("captions a second, beam 3", "captions_per_second", "captions_per_second");
Row("encoder, images a second, against plain PyTorch", "encoder_images_per_second", "encoder_images_per_second");
Row("encoder, images a second, against tuned PyTorch", "encoder_images_per_second", "encoder_images_per_second_tuned");
Console.WriteLine();
EncoderComparison.Print(sizes, networks);
Console.WriteLine();
Loading.Print(networks, sizes);
return 0;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

void Row(string what, string ours, string theirs)
{
    var (a, b) = (Convert.ToDouble(results[ours], CultureInfo.InvariantCulture), reference.RootElement.GetProperty(theirs).GetDouble());
    Console.WriteLine(FormattableString.Invariant($"| {what} | {a} | {b} | {a / b:0.00} |"));
}
