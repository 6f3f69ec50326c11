using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.optim;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Runtime;

public class OptimizerTests
{
    public static readonly TheoryData<string, Func<IEnumerable<Parameter>, OptimizerHelper>> Optimizers = new()
    {
        { "SGD(lr=0.05)", p => SGD(p, 0.05) },
        { "SGD(lr=0.05,momentum=0.9,weight_decay=0.01,nesterov=true)",
            p => SGD(p, 0.05, momentum: 0.9, weight_decay: 0.01, nesterov: true) },
        { "Adam(lr=0.01)", p => Adam(p, 0.01) },
        { "Adam(lr=0.01,weight_decay=0.1,amsgrad=true)", p => Adam(p, 0.01, weight_decay: 0.1, amsgrad: true) },
        { "AdamW(lr=0.01,weight_decay=0.1)", p => AdamW(p, 0.01, weight_decay: 0.1) },
        { "RMSprop(lr=0.01,alpha=0.9,momentum=0.5)", p => RMSProp(p, 0.01, alpha: 0.9, momentum: 0.5) },
        { "Adagrad(lr=0.1)", p => Adagrad(p, 0.1) },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Optimizers))]
    public void Step_ReferenceObjective_FollowsPyTorchsTrajectory(string name, Func<IEnumerable<Parameter>, OptimizerHelper> make)
    {
        using var scope = NewDisposeScope();
        var w = new Parameter(ReferenceTensors.Uniform("w", [6]));
        using var optimizer = make([w]);
        var step = 0;
        foreach (var expected in ReferenceTensors.Root.GetProperty("optimizers").GetProperty("trajectories").GetProperty(name)
            .EnumerateArray())
        {
            for (; step < expected.GetProperty("step").GetInt32(); step++) Step(w, optimizer);
            w.ShouldMatch(expected.GetProperty("w"), 2e-6);
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Optimizers))]
    public void SaveAndLoad_InTheMiddle_GoesOnToTheSameBits(string name, Func<IEnumerable<Parameter>, OptimizerHelper> make)
    {
        name.ShouldNotBeEmpty();
        using var scope = NewDisposeScope();
        var w = new Parameter(ReferenceTensors.Uniform("w", [6]));
        using var optimizer = make([w]);
        for (var i = 0; i < 7; i++) Step(w, optimizer);

        using var saved = new MemoryStream();
        optimizer.save_state_dict(new BinaryWriter(saved));
        var resumed = new Parameter(w.detach().clone());
        using var other = make([resumed]);
        saved.Position = 0;
        other.load_state_dict(new BinaryReader(saved));

        for (var i = 0; i < 5; i++)
        {
            Step(w, optimizer);
            Step(resumed, other);
        }
        resumed.Floats().ShouldBe(w.Floats());
    }

    [Fact]
    public void StateDict_StateOfAdamW_CanBeReadAndWrittenThroughItsFields()
    {
        using var scope = NewDisposeScope();
        var w = new Parameter(ReferenceTensors.Uniform("w", [6]));
        using var optimizer = AdamW([w], 0.01);
        for (var i = 0; i < 3; i++) Step(w, optimizer);
        var state = (AdamW.State)optimizer.state_dict().State.Single();
        state.step.ShouldBe(3);

        var copy = new Parameter(w.detach().clone());
        using var other = AdamW([copy], 0.01);
        var target = (AdamW.State)other.state_dict().State.Single();
        target.step = state.step;
        target.exp_avg.copy_(state.exp_avg);
        target.exp_avg_sq.copy_(state.exp_avg_sq);
        Step(w, optimizer);
        Step(copy, other);
        copy.Floats().ShouldBe(w.Floats());
    }

    [Fact]
    public void LoadStateDict_StateOfAnotherOptimizer_IsRefused()
    {
        using var scope = NewDisposeScope();
        var w = new Parameter(zeros(2));
        using var sgd = SGD([w], 0.1);
        using var adam = Adam([w]);
        using var stream = new MemoryStream();
        sgd.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        Should.Throw<InvalidDataException>(() => adam.load_state_dict(new BinaryReader(stream))).Message.ShouldContain(
            "expected 'Adam', but found 'SGD'");
    }

    [Fact]
    public void Step_GroupsWithTheirOwnOptions_EachGoesByItsOwn()
    {
        using var scope = NewDisposeScope();
        var a = new Parameter(zeros(1));
        var b = new Parameter(zeros(1));
        using var optimizer = SGD([new SGD.ParamGroup([a], lr: 0.5), new SGD.ParamGroup { Parameters = [b] }], 0.1);
        (a.sum() + b.sum()).backward();
        optimizer.step();
        a.item<float>().ShouldBe(-0.5f);
        b.item<float>().ShouldBe(-0.1f);
        optimizer.ParamGroups.Select(g => g.InitialLearningRate).ShouldBe([0.5, 0.1]);
    }

    [Fact]
    public void Step_ParameterWithoutGradient_StaysWhereItIs()
    {
        using var scope = NewDisposeScope();
        using var net = nn.Sequential(("frozen", nn.Linear(3, 3)), ("head", nn.Linear(3, 2)));
        foreach (var (name, parameter) in net.named_parameters())
            parameter.requires_grad = !name.StartsWith("frozen", StringComparison.Ordinal);
        using var optimizer = AdamW(net.parameters(), 0.1, weight_decay: 0.5);
        var before = net.state_dict().ToDictionary(p => p.Key, p => p.Value.Floats());
        net.call(ones(4, 3)).sum().backward();
        optimizer.step();
        net.get_parameter("frozen.weight")!.Floats().ShouldBe(before["frozen.weight"]);
        net.get_parameter("frozen.bias")!.Floats().ShouldBe(before["frozen.bias"]);
        net.get_parameter("head.weight")!.Floats().ShouldNotBe(before["head.weight"]);
    }

    [Fact]
    public void Step_WithClosure_ReturnsItsLoss()
    {
        using var scope = NewDisposeScope();
        var w = new Parameter(ones(1));
        using var optimizer = SGD([w], 0.1);
        var loss = optimizer.step(() =>
        {
            optimizer.zero_grad();
            var value = w.square().sum();
            value.backward();
            return value;
        });
        loss!.item<float>().ShouldBe(1f);
        w.item<float>().ShouldBe(0.8f, 1e-6);
    }

    // sum(s·(w − t)²) + 0.1·sum(sin(3w)), s = 1 + u/2
    private static void Step(Parameter w, Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var t = ReferenceTensors.Uniform("t", [6]);
        var s = ReferenceTensors.Uniform("s", [6], 0.5f, 1);
        ((s * (w - t).square()).sum() + 0.1 * (w * 3).sin().sum()).backward();
        optimizer.step();
    }
}
