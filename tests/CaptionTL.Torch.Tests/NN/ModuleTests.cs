using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests.NN;

public class ModuleTests
{
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> conv = nn.Conv2d(3, 4, 3, padding: 1, bias: false);
        private readonly BatchNorm2d bn = nn.BatchNorm2d(4);
        [ComponentName(Name = "scale")] private readonly Parameter _scale = nn.Parameter(ones(4, 1, 1));
        private readonly Tensor mean = zeros(3, 1, 1);
        private readonly ModuleList<Linear> heads = nn.ModuleList(nn.Linear(4, 2), nn.Linear(4, 2));

        public Block() : base(nameof(Block)) => RegisterComponents();

        public Parameter Scale => _scale;

        public Tensor Mean => mean;

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var x = (bn.call(conv.call(input - mean)) * _scale).relu().mean([2, 3]);
            return (heads[0].call(x) + heads[1].call(x)).MoveToOuterDisposeScope();
        }
    }

    [Fact]
    public void StateDict_FieldsOfAModule_HavePyTorchsNamesAndOrder()
    {
        using var block = new Block();
        block.state_dict().Keys.ShouldBe([
            "scale", "mean",
            "conv.weight",
            "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked",
            "heads.0.weight", "heads.0.bias", "heads.1.weight", "heads.1.bias"], ignoreOrder: true);
        block.named_parameters().Select(p => p.name).ShouldBe(
            ["scale", "conv.weight", "bn.weight", "bn.bias", "heads.0.weight", "heads.0.bias", "heads.1.weight", "heads.1.bias"], ignoreOrder: true);
        block.named_children().Select(c => c.name).ShouldBe(["conv", "bn", "heads"]);
        block.get_parameter("heads.1.bias")!.shape.ShouldBe([2]);
        block.get_buffer("bn.running_var")!.shape.ShouldBe([4]);
        block.get_parameter("heads.2.bias").ShouldBeNull();
        block.has_parameter("conv.bias").ShouldBeFalse();
    }

    [Fact]
    public void StateDict_RecurrentLayer_HasPyTorchsNames()
    {
        using var lstm = nn.LSTM(3, 4, numLayers: 2, bidirectional: true);
        lstm.state_dict().Keys.ShouldBe(
            from layer in new[] { 0, 1 } from direction in new[] { "", "_reverse" } from kind in new[] { "weight_ih", "weight_hh", "bias_ih", "bias_hh" }
            select $"{kind}_l{layer}{direction}");
        lstm.get_parameter("weight_ih_l1")!.shape.ShouldBe([16, 8]);
        using var cell = nn.GRUCell(3, 4);
        cell.state_dict().Keys.ShouldBe(["weight_ih", "weight_hh", "bias_ih", "bias_hh"]);
    }

    [Fact]
    public void StateDict_SequentialWithoutNames_CountsFromZero()
    {
        using var net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1, hasBias: false));
        net.state_dict().Keys.ShouldBe(["0.weight", "0.bias", "2.weight"]);
    }

    [Fact]
    public void LoadStateDict_MissingAndUnexpectedKeys_AreNamed()
    {
        using var net = nn.Sequential(nn.Linear(2, 3));
        using var other = nn.Sequential(("head", nn.Linear(2, 3)));
        var error = Should.Throw<InvalidOperationException>(() => net.load_state_dict(other.state_dict()));
        error.Message.ShouldContain("Missing: 0.weight, 0.bias.");
        error.Message.ShouldContain("Unexpected: head.weight, head.bias.");
        var (missing, unexpected) = net.load_state_dict(other.state_dict(), strict: false);
        missing.ShouldBe(["0.weight", "0.bias"]);
        unexpected.ShouldBe(["head.weight", "head.bias"]);
    }

    [Fact]
    public void LoadStateDict_AnotherShape_IsRefusedAndNothingIsCopied()
    {
        using var scope = NewDisposeScope();
        using var net = nn.Linear(2, 3);
        var before = net.weight.Floats();
        var source = new Dictionary<string, Tensor> { ["weight"] = zeros(3, 2), ["bias"] = zeros(1) };
        var error = Should.Throw<InvalidOperationException>(() => net.load_state_dict(source));
        error.Message.ShouldContain("Size mismatch for: bias is [1] in the source and [3] in the module.");
        net.weight.Floats().ShouldBe(before);
    }

    [Fact]
    public void LoadStateDict_SkippedKeys_AreLeftAlone()
    {
        using var net = nn.Linear(2, 3);
        using var other = nn.Linear(2, 3);
        var bias = net.bias!.Floats();
        net.load_state_dict(other.state_dict(), skip: ["bias"]);
        net.weight.Floats().ShouldBe(other.weight.Floats());
        net.bias!.Floats().ShouldBe(bias);
    }

    [Fact]
    public void To_AnotherType_MovesParametersBuffersFieldsAndGradients()
    {
        using var scope = NewDisposeScope();
        using var block = new Block();
        block.call(rand(2, 3, 4, 4)).sum().backward();
        block.to(ScalarType.Float64);
        block.Scale.dtype.ShouldBe(ScalarType.Float64);
        block.Scale.grad!.dtype.ShouldBe(ScalarType.Float64);
        block.Scale.requires_grad.ShouldBeTrue();
        block.Mean.dtype.ShouldBe(ScalarType.Float64);
        block.get_buffer("bn.running_mean")!.dtype.ShouldBe(ScalarType.Float64);
        block.get_buffer("bn.num_batches_tracked")!.dtype.ShouldBe(ScalarType.Int64);
        block.call(rand(2, 3, 4, 4, dtype: ScalarType.Float64)).dtype.ShouldBe(ScalarType.Float64);
        Should.Throw<ArgumentException>(() => block.to(ScalarType.Int64)).Message.ShouldContain("Int64");
    }

    [Fact]
    public void To_RecurrentLayer_RunsInTheNewType()
    {
        using var scope = NewDisposeScope();
        using var lstm = nn.LSTM(3, 4).to(ScalarType.Float64);
        var (y, _, _) = lstm.call(rand(2, 1, 3, dtype: ScalarType.Float64));
        y.dtype.ShouldBe(ScalarType.Float64);
    }

    [Fact]
    public void Eval_ModuleWithDropoutAndBatchNorm_ReachesThemAll()
    {
        using var net = nn.Sequential(nn.Dropout(), nn.Sequential(nn.BatchNorm1d(3)));
        net.modules().All(m => m.training).ShouldBeTrue();
        net.eval();
        net.training.ShouldBeFalse();
        net.modules().Any(m => m.training).ShouldBeFalse();
        using var ones = torch.ones(2, 3);
        using var y = net.call(ones);
        y.Floats().ShouldMatch([1, 1, 1, 1, 1, 1], 1e-4);
        net.get_buffer("1.0.num_batches_tracked")!.item<long>().ShouldBe(0);
    }

    [Fact]
    public void Hooks_BeforeAndAfter_ChangeInputAndOutputUntilRemoved()
    {
        using var scope = NewDisposeScope();
        using var identity = nn.Identity();
        var calls = 0;
        var before = identity.register_forward_pre_hook((_, x) => x + 1);
        var after = identity.register_forward_hook((_, _, y) => y * 10);
        var watch = identity.register_forward_hook(_ => calls++);
        identity.call(ones(1)).item<float>().ShouldBe(20);
        before.remove();
        after.remove();
        watch.remove();
        identity.call(ones(1)).item<float>().ShouldBe(1);
        calls.ShouldBe(1);
    }

    [Fact]
    public void Apply_ParentsAfterChildren_AndZeroGradDropsGradients()
    {
        using var net = nn.Sequential(("first", nn.Linear(2, 2)), ("second", nn.Sequential(nn.Linear(2, 1))));
        var names = new List<string>();
        net.apply(m => names.Add(m.GetName()));
        names.ShouldBe(["Linear", "Linear", "Sequential", "Sequential"]);
        using var scope = NewDisposeScope();
        net.call(ones(1, 2)).sum().backward();
        net.parameters().All(p => p.grad is not null).ShouldBeTrue();
        net.zero_grad(set_to_none: false);
        net.get_parameter("first.weight")!.grad!.abs().sum().item<float>().ShouldBe(0);
        net.zero_grad();
        net.parameters().All(p => p.grad is null).ShouldBeTrue();
    }

    [Fact]
    public void RegisterModule_BadNames_AreRefused()
    {
        using var net = nn.Sequential();
        using var linear = nn.Linear(1, 1);
        Should.Throw<ArgumentException>(() => net.register_module("a.b", linear)).Message.ShouldContain("a.b");
        Should.Throw<ArgumentException>(() => net.register_module("", linear));
        net.register_module("a", linear);
        Should.Throw<InvalidOperationException>(() => net.register_module("a", linear)).Message.ShouldContain("already registered");
        using var relu = nn.ReLU();
        Should.Throw<InvalidOperationException>(() => relu.register_buffer("x", linear.weight)).Message.ShouldContain("parameter-less");
    }

    [Fact]
    public void Sequential_Slices_ShareTheModules()
    {
        using var net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1));
        var head = net[2..];
        head.Count.ShouldBe(1);
        head.get_parameter("2.weight").ShouldBeSameAs(net.get_parameter("2.weight"));
        net[(0, 2)].Count.ShouldBe(2);
    }

    [Fact]
    public void ParameterListAndDict_InAModule_AreItsParameters()
    {
        using var list = nn.ParameterList(nn.Parameter(zeros(1)), nn.Parameter(zeros(2)));
        using var dictionary = nn.ParameterDict(("a", nn.Parameter(zeros(3))));
        using var net = nn.ModuleDict<nn.Module>(("list", list), ("dict", dictionary));
        using var root = nn.Sequential();
        root.add_module("all", net);
        root.state_dict().Keys.ShouldBe(["all.list.0", "all.list.1", "all.dict.a"]);
        root.to(ScalarType.Float64);
        list[1].dtype.ShouldBe(ScalarType.Float64);
        dictionary["a"].dtype.ShouldBe(ScalarType.Float64);
    }
}
