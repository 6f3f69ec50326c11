using CaptionTL.Runtime.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones.Nodes;

/// <summary>
/// A part of a network, described once. From the description come the TorchSharp modules that train (with the names of the published state
/// dict), the ONNX graph that runs what is frozen, and shapes and costs. Sizes are those of one image, without the batch: (C, H, W) for a
/// grid, (H, W, C) behind a <see cref="Permute"/>, (F) behind a <see cref="Flatten"/>.
/// </summary>
public abstract record Node
{
    /// <summary>What the node's entries in the state dict begin with, relative to the module around it; empty where it has none.</summary>
    internal virtual IEnumerable<string> Prefixes => [];

    /// <summary>The node's entries in the state dict, named relative to the module around it; row-major shapes.</summary>
    internal virtual IEnumerable<(string Name, long[] Shape)> State => [];

    /// <summary>Makes the node's modules, with random weights, and registers them under their names.</summary>
    /// <param name="parent">The module around it.</param>
    /// <param name="overwrites">Whether nothing else uses the input, so that an activation may work in place.</param>
    /// <returns>The forward pass: a batch (N, …) to a new tensor. What it makes on the way, it disposes.</returns>
    internal abstract Func<Tensor, Tensor> Build(Group parent, bool overwrites);

    /// <summary>Writes the same computation, in inference mode.</summary>
    internal abstract OnnxValue Write(NetworkWriter writer, OnnxValue x);

    /// <summary>Sizes of the output for sizes of the input, noting every module on the way.</summary>
    internal abstract long[] Follow(long[] x, NetworkCosts costs);
}

/// <summary>Nodes one after the other.</summary>
public sealed record Seq(params IReadOnlyList<Node> Nodes) : Node
{
    internal override IEnumerable<string> Prefixes => Nodes.SelectMany(n => n.Prefixes);

    internal override IEnumerable<(string Name, long[] Shape)> State => Nodes.SelectMany(n => n.State);

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var steps = Nodes.Select((node, i) => node.Build(parent, overwrites || i > 0)).ToArray();
        return x =>
        {
            var y = x;
            foreach (var step in steps)
            {
                var next = step(y);
                if (!ReferenceEquals(y, x) && !ReferenceEquals(y, next)) y.Dispose();
                y = next;
            }
            return ReferenceEquals(y, x) ? x.alias() : y;
        };
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => Nodes.Aggregate(x, (value, node) => node.Write(writer, value));

    internal override long[] Follow(long[] x, NetworkCosts costs) => Nodes.Aggregate(x, (shape, node) => node.Follow(shape, costs));
}

/// <summary>A module of the published network that holds others: what is within has its name before theirs.</summary>
/// <param name="Name">In the state dict, from the module around it; may go through several levels (blocks.0).</param>
/// <param name="Kind">What it is called in summaries.</param>
/// <param name="Body">What it does.</param>
public sealed record Scope(string Name, string Kind, Node Body) : Node
{
    internal override IEnumerable<string> Prefixes => [Name + "."];

    internal override IEnumerable<(string Name, long[] Shape)> State => Body.State.Select(s => ($"{Name}.{s.Name}", s.Shape));

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var group = new Group(Kind);
        group.Run = Body.Build(group, overwrites: false);
        parent.Add(Name, group);
        return group.call;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => Body.Write(writer.Within(Name), x);

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        var y = Body.Follow(x, costs.Within(Name));
        costs.Note(Name, y, 0);
        return y;
    }
}

/// <summary>The body's output plus the input, or plus what a shortcut makes of it (He et al., 2015).</summary>
/// <param name="Body">Must not change its input.</param>
/// <param name="Shortcut">Null for the input itself.</param>
/// <param name="After">Applied to the sum.</param>
public sealed record Residual(Node Body, Node? Shortcut = null, Activation? After = null) : Node
{
    internal override IEnumerable<string> Prefixes => [.. Body.Prefixes, .. Shortcut?.Prefixes ?? []];

    internal override IEnumerable<(string Name, long[] Shape)> State => [.. Body.State, .. Shortcut?.State ?? []];

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var body = Body.Build(parent, overwrites: false);
        var shortcut = Shortcut?.Build(parent, overwrites: false);
        var after = After?.Build(parent, overwrites: true);
        return x =>
        {
            var y = body(x);
            using var around = shortcut?.Invoke(x);
            var sum = y.add_(around ?? x);
            if (after is null) return sum;
            var result = after(sum);
            if (!ReferenceEquals(result, sum)) sum.Dispose();
            return result;
        };
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x)
    {
        writer.Graph.Share(x);
        var y = Body.Write(writer, x);
        var sum = writer.Graph.Node("Add", [y, Shortcut?.Write(writer, x) ?? x], y.Shape);
        return After?.Write(writer, sum) ?? sum;
    }

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        Shortcut?.Follow(x, costs);
        return Body.Follow(x, costs);
    }
}

/// <summary>Branches that read the same input and are joined along the channels, in order.</summary>
public sealed record Branches(params IReadOnlyList<Node> Nodes) : Node
{
    internal override IEnumerable<string> Prefixes => Nodes.SelectMany(n => n.Prefixes);

    internal override IEnumerable<(string Name, long[] Shape)> State => Nodes.SelectMany(n => n.State);

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var branches = Nodes.Select(n => n.Build(parent, overwrites: false)).ToArray();
        return x =>
        {
            var outputs = Array.ConvertAll(branches, branch => branch(x));
            try
            {
                return cat(outputs, 1);
            }
            finally
            {
                foreach (var output in outputs)
                    if (!ReferenceEquals(output, x)) output.Dispose();
            }
        };
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x)
    {
        writer.Graph.Share(x);
        OnnxValue[] outputs = [.. Nodes.Select(n => n.Write(writer, x))];
        return writer.Graph.Node("Concat", outputs, Joined(outputs.Select(o => o.Shape)), ("axis", 1));
    }

    internal override long[] Follow(long[] x, NetworkCosts costs) => Joined([.. Nodes.Select(n => n.Follow(x, costs))]);

    private static long[] Joined(IEnumerable<long[]> shapes) => [shapes.Sum(s => s[0]), .. shapes.First()[1..]];
}

/// <summary>The input itself, as a branch.</summary>
public sealed record Identity : Node
{
    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites) => x => x;

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => x;

    internal override long[] Follow(long[] x, NetworkCosts costs) => x;
}

/// <summary>The input times factors that the body computes from it (squeeze and excitation: Hu et al., 2017).</summary>
public sealed record Gate(Node Body) : Node
{
    internal override IEnumerable<string> Prefixes => Body.Prefixes;

    internal override IEnumerable<(string Name, long[] Shape)> State => Body.State;

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var body = Body.Build(parent, overwrites: false);
        return x =>
        {
            using var factors = body(x);
            return x.mul(factors);
        };
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x)
    {
        writer.Graph.Share(x);
        return writer.Graph.Node("Mul", [x, Body.Write(writer, x)], x.Shape);
    }

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        Body.Follow(x, costs);
        return x;
    }
}

/// <summary>Modules that take part in training only and are skipped here: they exist so that published files fit.</summary>
public sealed record TrainingOnly(Node Body) : Node
{
    internal override IEnumerable<string> Prefixes => Body.Prefixes;

    internal override IEnumerable<(string Name, long[] Shape)> State => Body.State;

    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        Body.Build(parent, overwrites: false);
        return x => x;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x) => x;

    internal override long[] Follow(long[] x, NetworkCosts costs) => x;
}

/// <summary>A module that holds others. Without a pass of its own it runs them in order, as TorchSharp's <c>Sequential</c> does.</summary>
internal sealed class Group(string kind) : nn.Module<Tensor, Tensor>(kind)
{
    public Func<Tensor, Tensor>? Run { get; set; }

    /// <summary>Whether its output is that of its last part.</summary>
    public bool IsSequence => Run is null || GetName() == "Sequential";

    /// <summary>Registers a module; the levels of a name such as blocks.0 are opened where they are not there.</summary>
    public void Add(string name, nn.Module module)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) register_module(name, module);
        else Open(name[..dot]).Add(name[(dot + 1)..], module);
    }

    /// <summary>Registers a parameter of this module itself.</summary>
    public void Add(string name, Parameter parameter) => register_parameter(name, parameter);

    public override Tensor forward(Tensor input)
    {
        if (Run is not null) return Run(input);
        var x = input;
        foreach (var part in children().OfType<nn.Module<Tensor, Tensor>>())
        {
            var y = part.call(x);
            if (!ReferenceEquals(x, input)) x.Dispose();
            x = y;
        }
        return x;
    }

    private Group Open(string name)
    {
        if (named_children().FirstOrDefault(c => c.name == name).module is Group group) return group;
        var opened = new Group("Sequential");
        register_module(name, opened);
        return opened;
    }
}

/// <summary>Sizes and multiply-adds of a network's modules, by their path in the state dict; one image.</summary>
internal sealed class NetworkCosts
{
    private readonly Dictionary<string, (long[] Shape, long MultiplyAdds)> _modules;
    private readonly string _prefix;

    public NetworkCosts() : this([], "")
    {
    }

    private NetworkCosts(Dictionary<string, (long[] Shape, long MultiplyAdds)> modules, string prefix) =>
        (_modules, _prefix) = (modules, prefix);

    public long Total => _modules.Values.Sum(m => m.MultiplyAdds);

    public NetworkCosts Within(string name) => new(_modules, _prefix + name + ".");

    /// <summary>Each number of the output is a sum over <paramref name="fan"/> products; 0 for what does not multiply.</summary>
    public void Note(string? name, long[] output, long fan)
    {
        if (name is not null) _modules[_prefix + name] = (output, fan * output.Aggregate(1L, (product, size) => product * size));
    }

    public long[]? ShapeOf(string path) => _modules.TryGetValue(path, out var module) ? module.Shape : null;

    /// <summary>Of a module and all that is in it.</summary>
    public long MultiplyAddsOf(string path) =>
        _modules.Where(m => m.Key == path || m.Key.StartsWith(path + ".", StringComparison.Ordinal)).Sum(m => m.Value.MultiplyAdds);
}

/// <summary>A graph that a network is written into, and the network's weights by their names in the state dict.</summary>
internal sealed class NetworkWriter(OnnxGraph graph, IReadOnlyDictionary<string, Tensor> weights, string prefix = "")
{
    public OnnxGraph Graph => graph;

    public NetworkWriter Within(string name) => new(graph, weights, prefix + name + ".");

    /// <summary>A tensor in fp32.</summary>
    public float[] Weight(string name) => OnnxWeights.Of(weights[prefix + name]);
}
