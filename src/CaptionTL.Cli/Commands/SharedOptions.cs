using System.CommandLine;
using CaptionTL.Embeddings;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Service;

namespace CaptionTL.Cli.Commands;

/// <summary>An option whose value is one of a few words; the first one is the default. The names of the values are accepted too.</summary>
internal sealed class ChoiceOption<T> : Option<string>
{
    private readonly (string Word, T Value)[] _choices;

    public ChoiceOption(string name, string description, params (string Word, T Value)[] choices) : base(name)
    {
        _choices = choices;
        Description = description;
        HelpName = string.Join('|', choices.Select(c => c.Word));
        DefaultValueFactory = _ => choices[0].Word;
        CompletionSources.Add([.. choices.Select(c => c.Word)]);
        Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } word && Find(word) < 0)
                result.AddError($"{name} is '{word}'; it must be {string.Join(", ", choices[..^1].Select(c => c.Word))} "
                    + $"or {choices[^1].Word}.");
        });
    }

    /// <summary>The chosen value.</summary>
    public T Of(CommandRun run) => _choices[Find(run.Get(this)!)].Value;

    private int Find(string word) => Array.FindIndex(_choices, choice => Is(word, choice.Word) || Is(word, $"{choice.Value}"));

    private static bool Is(string word, string other) => string.Equals(word, other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>PHOTO…: the images that a model is to describe or classify.</summary>
internal sealed class PhotosArgument : Argument<string[]>
{
    public PhotosArgument() : base("PHOTO")
    {
        Description = "Images, folders of images, or patterns such as 'trip/**/*.jpg'";
        Arity = ArgumentArity.OneOrMore;
    }
}

/// <summary>--data DATASET: a data set on disk.</summary>
internal sealed class DatasetOption : Option<string>
{
    public DatasetOption() : base("--data")
    {
        Description = "Data set: a folder, a zip archive, or a caption or label file";
        HelpName = "DATASET";
        Required = true;
    }
}

/// <summary>--model: a bundle's path, or the name of an installed one.</summary>
internal sealed class ModelOption : Option<string?>
{
    public ModelOption() : base("--model")
    {
        Description = "Model bundle: a path, or the name of an installed model [default: the bundled captioning model]";
        HelpName = "BUNDLE";
        CompletionSources.Add(KnownNames.Bundles);
    }

    /// <exception cref="CaptionTLException">There is no such model.</exception>
    public string Resolve(CommandRun run) => InstalledModels.Find(run.Get(this));
}

/// <summary>--backbone: pretrained weights.</summary>
internal sealed class BackboneOption : Option<string?>
{
    public BackboneOption(string description) : base("--backbone")
    {
        Description = description;
        HelpName = "WEIGHTS";
        CompletionSources.Add(KnownNames.Weights);
    }
}

/// <summary>--cache FOLDER, for every command that uses the embedding cache.</summary>
internal sealed class CacheFolderOption : Option<string?>
{
    public CacheFolderOption() : base("--cache")
    {
        Description = "Folder of the embedding cache [default: below CAPTIONTL_HOME or the user's cache folder]";
        HelpName = "FOLDER";
    }

    /// <summary>The folder that was named, or the default one.</summary>
    public string Folder(CommandRun run) => run.Get(this) ?? AppFolders.Embeddings;

    /// <summary>Opens the cache; the folder is made where it is missing.</summary>
    public EmbeddingCache Open(CommandRun run) => EmbeddingCache.Open(Folder(run));

    /// <summary>Opens a cache to inspect it: a folder that was named must exist.</summary>
    public EmbeddingCache OpenExisting(CommandRun run)
    {
        if (run.Get(this) is { } folder && !Directory.Exists(folder)) throw new CaptionTLException($"{folder}: no such folder");
        return Open(run);
    }
}

/// <summary>--data FOLDER, for the commands about the service.</summary>
internal sealed class DataFolderOption : Option<string?>
{
    public DataFolderOption() : base("--data")
    {
        Description = "Folder in which the service keeps everything [default: service, below CAPTIONTL_HOME or the user's cache folder]";
        HelpName = "FOLDER";
    }

    public ServiceOptions Resolve(CommandRun run)
    {
        var options = new ServiceOptions();
        if (run.Get(this) is { } folder) options.Data = folder;
        options.Data = options.In();
        return options;
    }
}

/// <summary>--device: where networks are computed.</summary>
internal sealed class DeviceOption : Option<string>
{
    public DeviceOption() : base("--device")
    {
        Description = "Where networks are computed; auto is a CUDA device where there is one, and the processor otherwise";
        DefaultValueFactory = _ => ComputeDevice.Auto;
        CustomParser = result =>
        {
            var name = result.Tokens[0].Value.ToLowerInvariant();
            if (!ComputeDevice.IsName(name)) result.AddError($"--device is '{name}'; it must be {ComputeDevice.Choices}.");
            return name;
        };
        HelpName = "auto|cpu|cuda[:N]|mps";
        CompletionSources.Add([.. ComputeDevice.Names]);
    }
}

/// <summary>The options that say where networks are computed and in which arithmetic.</summary>
internal sealed class ComputeSettings
{
    private readonly DeviceOption _device = new();
    private readonly ChoiceOption<Precision> _precision = new(
        "--precision", "Arithmetic of the frozen encoder; auto is bf16 on CUDA and fp32 elsewhere",
        ("auto", Precision.Auto), ("fp32", Precision.Float32), ("bf16", Precision.BFloat16));

    public IEnumerable<Option> Options => [_device, _precision];

    /// <summary>From here on this process computes on the device.</summary>
    /// <returns>The arithmetic of frozen networks.</returns>
    /// <exception cref="CaptionTLException">This machine has no such device.</exception>
    public Precision Use(CommandRun run)
    {
        ComputeDevice.Use(run.Get(_device)!);
        return _precision.Of(run);
    }
}
