using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// Layers one after the other under their published names, as torchvision's Sequential, where a convolution and the normalisation
/// and activation behind it are one step that can be folded. Layers without a name are numbered.
/// </summary>
internal sealed class LayerSequence(string kind) : Module<Tensor, Tensor>(kind), IHasFoldables
{
    private readonly List<Func<Tensor, Tensor>> _steps = [];
    private readonly List<Foldable> _foldables = [];
    private int _layers;

    /// <summary>torchvision's Conv2dNormActivation: layers 0, 1 and, if there is an activation, 2.</summary>
    public static LayerSequence ConvNormActivation(Conv2d conv, Module<Tensor, Tensor> norm, Module<Tensor, Tensor>? activation = null) =>
        new LayerSequence("Conv2dNormActivation").Convolution(conv, norm, activation);

    /// <summary>Steps so far: the position of the next one.</summary>
    public int Count => _steps.Count;

    /// <summary>Layers so far: the number of the next one.</summary>
    public int LayerCount => _layers;

    IEnumerable<Foldable> IHasFoldables.Foldables => _foldables;

    /// <summary>A layer that is not folded, or folds by itself.</summary>
    public LayerSequence Layer(Module<Tensor, Tensor> layer, string? name = null)
    {
        Register(layer, name);
        _steps.Add(layer.call);
        return this;
    }

    /// <summary>A convolution with what stands behind it; an activation may work in place.</summary>
    public LayerSequence Convolution(Conv2d conv, Module<Tensor, Tensor>? norm = null, Module<Tensor, Tensor>? activation = null, params string[] names)
    {
        Register(conv, names.ElementAtOrDefault(0));
        if (norm is not null) Register(norm, names.ElementAtOrDefault(1));
        var pair = new ConvNorm(conv, norm as BatchNorm2d);
        _foldables.Add(pair);
        if (norm is LayerNorm layerNorm)
        {
            var channelNorm = new ChannelNorm(layerNorm);
            _foldables.Add(channelNorm);
            return Step(x => Then(pair.Forward(x), channelNorm.Forward), activation, names);
        }
        return Step(pair.Forward, activation, names);
    }

    /// <summary>Batch normalisation and activation before a convolution.</summary>
    public LayerSequence Normalisation(BatchNorm2d norm, Module<Tensor, Tensor>? activation = null, params string[] names)
    {
        Register(norm, names.ElementAtOrDefault(0));
        var step = new PreNorm(norm);
        _foldables.Add(step);
        return Step(step.Forward, activation, names);
    }

    public LayerSequence Linear(Linear linear, Module<Tensor, Tensor>? activation = null)
    {
        Register(linear, null);
        var step = new NormLinear(linear);
        _foldables.Add(step);
        return Step(step.Forward, activation, []);
    }

    /// <summary>A step of several layers whose owner says what they do together.</summary>
    public LayerSequence Step(Func<Tensor, Tensor> run, IEnumerable<Foldable> foldables, params (string Name, Module<Tensor, Tensor> Layer)[] layers)
    {
        foreach (var (name, layer) in layers) Register(layer, name);
        _foldables.AddRange(foldables);
        _steps.Add(run);
        return this;
    }

    public override Tensor forward(Tensor input) => Run(input, 0, Count);

    /// <summary>The steps from <paramref name="start"/> up to and without <paramref name="end"/>; results between them are freed at once.</summary>
    public Tensor Run(Tensor input, int start, int end)
    {
        var x = input;
        for (var i = start; i < end; i++) x = i == start ? _steps[i](x) : Then(x, _steps[i]);
        return ReferenceEquals(x, input) ? input.alias() : x;
    }

    /// <summary>One block a step, named and prefixed by the sequence's name and the step's number; for sequences whose steps are one layer each.</summary>
    public IReadOnlyList<BackboneBlock> Blocks(string name) =>
        [.. Enumerable.Range(0, Count).Select(i => new BackboneBlock($"{name}.{i}", x => Run(x, i, i + 1), [$"{name}.{i}."]))];

    private static Tensor Then(Tensor x, Func<Tensor, Tensor> next)
    {
        using (x) return next(x);
    }

    private LayerSequence Step(Func<Tensor, Tensor> run, Module<Tensor, Tensor>? activation, string[] names)
    {
        if (activation is not null) Register(activation, names.Length > 0 ? names[^1] : null);
        _steps.Add(activation is null ? run : x => Then(run(x), activation.call));
        return this;
    }

    private void Register(Module layer, string? name)
    {
        register_module(name ?? _layers.ToString(CultureInfo.InvariantCulture), layer);
        _layers++;
    }
}
