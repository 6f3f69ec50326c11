using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace CaptionTL.Torch.Tests.NN;

/// <summary>What training leaves alive: the model and the optimizer's state, and nothing else.</summary>
[Collection(nameof(LiveTensors))]
public class TrainingLifetimeTests
{
    [Fact]
    public void TrainingSteps_WithoutDisposeScope_LeaveOnlyWhatTheCallerHolds()
    {
        using var net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace: true), nn.Dropout(0.2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2));
        using var optimizer = AdamW(net.parameters(), 0.01, weight_decay: 0.1, amsgrad: true);
        using var x = rand(2, 1, 6, 6);
        using var target = zeros(2, dtype: ScalarType.Int64);
        var loss = new CrossEntropyLoss(label_smoothing: 0.1);
        void Step()
        {
            net.zero_grad();
            using var y = net.call(x);
            using var value = loss.call(y, target);
            value.backward();
            nn.utils.clip_grad_norm_(net.parameters(), 1.0);
            optimizer.step();
        }
        Step();
        var before = LiveTensors.Settle();
        for (var i = 0; i < 3; i++) Step();
        LiveTensors.Now.ShouldBe(before);
    }

    [Fact]
    public void Optimizers_AnyOfThem_KeepTheirStateOnly()
    {
        Func<IEnumerable<Parameter>, OptimizerHelper>[] makers =
        [
            p => SGD(p, 0.1, momentum: 0.9, weight_decay: 0.1, nesterov: true, maximize: false), p => Adam(p, weight_decay: 0.1, maximize: true),
            p => RMSProp(p, momentum: 0.5, centered: true, weight_decay: 0.1), p => Adagrad(p, weight_decay: 0.1),
        ];
        foreach (var make in makers)
        {
            using var w = new Parameter(rand(3));
            var bare = LiveTensors.Settle();
            using (var optimizer = make([w]))
            {
                using (var loss = w.sum()) loss.backward();
                optimizer.step();
                var withState = LiveTensors.Now;
                optimizer.step();
                optimizer.zero_grad();
                LiveTensors.Now.ShouldBe(withState);
            }
            LiveTensors.Now.ShouldBe(bare);
        }
    }

    [Fact]
    public void ForwardPass_FailsHalfWay_LeavesNothing()
    {
        using var net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(5, 2));
        using var x = rand(2, 4);
        var before = LiveTensors.Settle();
        Should.Throw<ExternalException>(() => net.call(x)).Message.ShouldContain("mat1 and mat2 shapes cannot be multiplied (2x3 and 5x2)");
        LiveTensors.Now.ShouldBe(before);
    }

    [Fact]
    public void Dispose_Module_FreesParametersBuffersAndSubmodules()
    {
        var before = LiveTensors.Settle();
        using (var scope = NewDisposeScope())
        {
            var net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.LSTM(2, 2).AsFirst(), nn.Embedding(3, 2, padding_idx: 0));
            net.to(ScalarType.Float64);
            net.Dispose();
            net.Dispose();
            scope.DisposablesCount.ShouldBe(0);
        }
        LiveTensors.Now.ShouldBe(before);
    }

    [Fact]
    public void Layers_MadeInsideADisposeScope_OutliveIt()
    {
        nn.Module<Tensor, Tensor> net;
        using (NewDisposeScope()) net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2));
        using var x = rand(3, 2);
        using var y = net.call(x);
        y.shape.ShouldBe([3, 2]);
        net.Dispose();
    }
}

internal static class LstmAsModule
{
    public static nn.Module<Tensor, Tensor> AsFirst(this LSTM lstm) => new First(lstm);

    private sealed class First : nn.Module<Tensor, Tensor>
    {
        private readonly LSTM lstm;

        public First(LSTM lstm) : base(nameof(First))
        {
            this.lstm = lstm;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => lstm.call(input).Item1;
    }
}
