using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Runtime;

/// <summary>Layers and losses against PyTorch's numbers.</summary>
public class TrainingReferenceTests
{
    private static JsonElement Expected(string name) => ReferenceTensors.Root.GetProperty("modules").GetProperty(name);

    [Fact]
    public void LSTM_TwoLayersBatchFirst_EqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        using var lstm = nn.LSTM(5, 7, numLayers: 2, batchFirst: true);
        ReferenceTensors.Fill(lstm, "lstm.", 0.3f);
        var expected = Expected("LSTM(5,7,num_layers=2,batch_first=true)");
        var (y, h, c) = lstm.call(ReferenceTensors.Uniform("lstm.x", [3, 4, 5]));
        y.shape.ShouldBe([3, 4, 7]);
        h.shape.ShouldBe([2, 3, 7]);
        y.ShouldMatch(expected.GetProperty("y"), 1e-6);
        h.ShouldMatch(expected.GetProperty("h"), 1e-6);
        c.ShouldMatch(expected.GetProperty("c"), 1e-6);
    }

    [Fact]
    public void LSTMCell_OneStep_EqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        using var cell = nn.LSTMCell(5, 7);
        ReferenceTensors.Fill(cell, "cell.", 0.3f);
        var expected = Expected("LSTMCell(5,7)");
        var (h, c) = cell.call(ReferenceTensors.Uniform("cell.x", [3, 5]),
            (ReferenceTensors.Uniform("cell.h", [3, 7]), ReferenceTensors.Uniform("cell.c", [3, 7])));
        h.ShouldMatch(expected.GetProperty("h"), 1e-6);
        c.ShouldMatch(expected.GetProperty("c"), 1e-6);
    }

    [Fact]
    public void GRU_BatchFirst_EqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        using var gru = nn.GRU(5, 6, batchFirst: true);
        ReferenceTensors.Fill(gru, "gru.", 0.3f);
        var (y, _) = gru.call(ReferenceTensors.Uniform("gru.x", [2, 3, 5]));
        y.ShouldMatch(Expected("GRU(5,6,batch_first=true)").GetProperty("y"), 1e-6);
    }

    [Fact]
    public void BatchNorm2d_OneTrainingStep_EqualsPyTorchRunningStatisticsIncluded()
    {
        using var scope = NewDisposeScope();
        using var norm = nn.BatchNorm2d(4);
        ReferenceTensors.Fill(norm, "bn.", 0.3f, 1);
        var expected = Expected("BatchNorm2d(4) one training step");
        norm.call(ReferenceTensors.Uniform("bn.x", [2, 4, 3, 3])).ShouldMatch(expected.GetProperty("y"), 1e-5);
        norm.running_mean!.ShouldMatch(expected.GetProperty("running_mean"), 1e-6);
        norm.running_var!.ShouldMatch(expected.GetProperty("running_var"), 1e-6);
        norm.num_batches_tracked!.item<long>().ShouldBe(1);
    }

    [Fact]
    public void CrossEntropy_PlainAndSmoothed_EqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        var expected = Expected("cross_entropy");
        var logits = ReferenceTensors.Uniform("ce.logits", [4, 6], 3);
        var targets = tensor(expected.GetProperty("targets").EnumerateArray().Select(t => t.GetInt64()).ToArray());
        nn.functional.cross_entropy(logits, targets).item<float>().ShouldBe(expected.GetProperty("plain").GetSingle(), 1e-6);
        using var smoothed = new TorchSharp.Modules.CrossEntropyLoss(ignore_index: 0, label_smoothing: 0.1);
        smoothed.call(logits, targets).item<float>()
            .ShouldBe(expected.GetProperty("label_smoothing=0.1,ignore_index=0").GetSingle(), 1e-6);
    }
}
