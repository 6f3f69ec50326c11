using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Training.Plans;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// What a run trains: the head, and the backbone's blocks above the lowest cut of the plan's phases. A phase's cut is the last block
/// that it leaves frozen together with all before it; the cache holds its output, and <see cref="Features"/> computes the rest.
/// Names are those of the published state dicts with "head." and "backbone." before them.
/// </summary>
public sealed class TransferNetwork : IDisposable
{
    private readonly Backbone? _backbone;
    private readonly string _layer;
    private readonly int _height;
    private readonly int _width;
    private readonly Func<string, bool> _isSaved = _ => false;
    private (string Cut, int Height, int Width) _grid;

    /// <summary>A head alone on the embeddings of a layer.</summary>
    public TransferNetwork(nn.Module head, string layer)
    {
        (Head, _layer) = (head, layer);
        _grid = (layer, 0, 0);
    }

    /// <param name="head">Reads (N, P, C) of <paramref name="layer"/>; the network owns it.</param>
    /// <param name="backbone">With its published weights; the network owns it. Needed where a phase trains a block of it.</param>
    /// <param name="layer">The block whose output the head reads.</param>
    /// <param name="phases">In order.</param>
    /// <param name="preprocessing">For the images' size.</param>
    /// <exception cref="CaptionTLException">A phase names a block that is not there, or trains only blocks above the head's
    /// layer.</exception>
    public TransferNetwork(nn.Module head, Backbone backbone, string layer, IReadOnlyList<TrainingPhase> phases,
        Preprocessing preprocessing)
    {
        (Head, _backbone, _layer) = (head, backbone, layer);
        (_height, _width) = (preprocessing.Height, preprocessing.Width);
        // Nothing at or below it ever trains.
        var lowest = phases.Select(CutOf).Append(layer).MinBy(backbone.IndexOf)!;
        _isSaved = name => backbone.Network.BelongsTo(layer, name) && !backbone.Network.BelongsTo(lowest, name);
        _grid = (layer, 0, 0);
        backbone.Freezing.FreezeAll();
    }

    /// <summary>The head alone where no phase of the plan trains more, otherwise with the backbone under it.</summary>
    internal static TransferNetwork Of(nn.Module head, TransferPlan plan, PlannedBackbone planned, CnnEncoder encoder) =>
        plan.TrainsBackbone ? new TransferNetwork(head, planned.Network(), encoder.Cut, plan.Phases, planned.Preprocessing)
            : new TransferNetwork(head, encoder.Cut);

    public nn.Module Head { get; }

    /// <summary>The whole backbone, trained blocks included; null where only the head trains.</summary>
    public Backbone? Backbone => _backbone;

    /// <summary>Everything that checkpoints hold.</summary>
    public IEnumerable<(string Name, Tensor Value)> State =>
        Head.state_dict().Select(p => ("head." + p.Key, p.Value))
            .Concat(_backbone is null ? [] : _backbone.state_dict().Where(p => _isSaved(p.Key))
            .Select(p => ("backbone." + p.Key, p.Value)));

    /// <summary>What the current phase trains.</summary>
    public IEnumerable<(string Name, Parameter Value)> Trained =>
        Head.named_parameters().Where(p => p.parameter.requires_grad).Select(p => ("head." + p.name, p.parameter))
            .Concat(_backbone is null ? [] : _backbone.named_parameters().Where(p => p.parameter.requires_grad && _isSaved(p.name))
            .Select(p => ("backbone." + p.name, p.parameter)));

    /// <summary>The block whose output the cache must hold for a phase.</summary>
    public string CutOf(TrainingPhase phase)
    {
        if (_backbone is null) return _layer;
        var first = _backbone.Freezing.FirstTrainable(phase.Unfreeze == "none" ? "top" : phase.Unfreeze);
        var layer = _backbone.IndexOf(_layer);
        if (phase.Unfreeze != "none" && first > layer)
            throw new CaptionTLException($"Phase '{phase.Name}' trains '{phase.Unfreeze}', but the head reads '{_layer}', which comes "
                + $"before. Name a block up to '{_layer}'.");
        return first > layer ? _layer : first == 0 ? Network.PixelsCut : _backbone.Blocks[first - 1].Name;
    }

    /// <summary>Freezes and unfreezes as a phase says, and expects embeddings of its cut from here on.</summary>
    public void Begin(TrainingPhase phase)
    {
        if (_backbone is null) return;
        _backbone.Freezing.Train(phase.Unfreeze, phase.TrainBatchNorm);
        var cut = CutOf(phase);
        if (cut == Network.PixelsCut)
        {
            _grid = (cut, _height, _width);
            return;
        }
        var at = _backbone.Network.CutAt(_height, _width, cut);
        _grid = (cut, at.Height, at.Width);
    }

    /// <summary>
    /// Embeddings of the phase's cut (N, P, C) to those of the head's layer (N, P', C'), fp32 where anything is computed.
    /// </summary>
    public Tensor Features(Tensor embeddings)
    {
        if (_grid.Cut == _layer) return embeddings.alias();
        using var scope = NewDisposeScope();
        // (N, P, C) is a channels-last grid (N, C, h, w) as it lies in memory.
        var grid = embeddings.to(ScalarType.Float32).view(embeddings.shape[0], _grid.Height, _grid.Width, embeddings.shape[2])
            .permute(0, 3, 1, 2);
        var features = _backbone!.ForwardFrom(grid, _grid.Cut, _layer);
        return features.permute(0, 2, 3, 1).reshape(features.shape[0], -1, features.shape[1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Positions of a backbone parameter's block counted down from the head's layer: 0 is the layer itself; -1 for the head's own.
    /// </summary>
    public int DepthOf(string name)
    {
        if (_backbone is null || !name.StartsWith("backbone.", StringComparison.Ordinal)) return -1;
        var parameter = name["backbone.".Length..];
        return _backbone.IndexOf(_layer) - _backbone.Blocks.ToList()
            .FindIndex(b => b.Prefixes.Any(p => parameter.StartsWith(p, StringComparison.Ordinal)));
    }

    public void Train(bool training)
    {
        Head.train(training);
        _backbone?.train(training);
    }

    public void Dispose()
    {
        Head.Dispose();
        _backbone?.Dispose();
    }
}
