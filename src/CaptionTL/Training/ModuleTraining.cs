using CaptionTL.Backbones;
using TorchSharp;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>The plain loop of training and scoring, for networks assembled by hand; plans have <see cref="Trainer"/>.</summary>
public static class ModuleTraining
{
    /// <summary>
    /// Trains what the optimizer holds and is not frozen, in training mode; afterwards the model is in inference mode. Frozen layers of a
    /// backbone stay in inference mode throughout.
    /// </summary>
    /// <param name="model">Maps the batches' inputs to outputs.</param>
    /// <param name="data">Every epoch has its own order and augmentation.</param>
    /// <param name="epochs">At least 1.</param>
    /// <param name="optimizer">Over the model's parameters.</param>
    /// <param name="loss">Maps outputs and labels to one number, for instance <see cref="ClassLoss.Binary"/>.</param>
    /// <param name="firstEpoch">Number of epochs of earlier calls, so that order and augmentation continue.</param>
    /// <param name="progress">Receives the mean loss after every epoch.</param>
    /// <returns>The mean loss of every epoch.</returns>
    /// <exception cref="CaptionTLException">The loss is no longer finite.</exception>
    public static IReadOnlyList<double> Fit(
        this nn.Module<Tensor, Tensor> model, ILabelledBatches data, int epochs, optim.Optimizer optimizer,
        Func<Tensor, Tensor, Tensor> loss, int firstEpoch = 0, IProgress<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        var losses = new List<double>();
        model.train();
        try
        {
            for (var epoch = firstEpoch; epoch < firstEpoch + epochs; epoch++)
            {
                var (sum, count) = (0.0, 0L);
                foreach (var batch in data.Epoch(epoch))
                {
                    sum += Step(model, batch, optimizer, loss) * batch.Labels.shape[0];
                    count += batch.Labels.shape[0];
                }
                if (!double.IsFinite(sum))
                    throw new CaptionTLException($"The loss is no longer finite after epoch {epoch + 1}. Use a smaller learning rate.",
                        isInput: false);
                losses.Add(sum / count);
                progress?.Report(losses[^1]);
            }
        }
        finally
        {
            model.eval();
        }
        return losses;
    }

    /// <summary>The share of images whose class is right, 0 to 1, in inference mode and without augmentation.</summary>
    /// <param name="model">One output: the probability of the second class. More: a score for each class.</param>
    /// <param name="data">Images to score.</param>
    public static double Accuracy(this nn.Module<Tensor, Tensor> model, ILabelledBatches data)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        using var _ = no_grad();
        using var modes = new ModuleModes(model);
        var (right, count) = (0L, 0L);
        foreach (var batch in data.InOrder())
        {
            using var scope = NewDisposeScope();
            var outputs = model.call(batch.Inputs);
            var classes = outputs.shape[^1] == 1 ? outputs.flatten().gt(0.5).to(ScalarType.Int64) : outputs.argmax(1);
            right += classes.eq(batch.Labels).sum().item<long>();
            count += batch.Labels.shape[0];
        }
        return right / (double)count;
    }

    private static double Step(nn.Module<Tensor, Tensor> model, LabelledBatch batch, optim.Optimizer optimizer,
        Func<Tensor, Tensor, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var cost = loss(model.call(batch.Inputs), batch.Labels);
        cost.backward();
        optimizer.step();
        return cost.item<float>();
    }
}

/// <summary>
/// Losses for classes: the mean over a batch of the negative log-probability of the true class.
/// </summary>
public static class ClassLoss
{
    /// <summary>For two classes and one output, the probability of the second: (N, 1) after a sigmoid, labels (N) of 0 and 1.</summary>
    /// <exception cref="CaptionTLException">There is more than one output per image.</exception>
    public static Tensor Binary(Tensor probabilities, Tensor labels)
    {
        if (probabilities.numel() != labels.numel())
            throw new CaptionTLException($"The binary loss takes one probability per image, not outputs of shape "
                + $"({string.Join(", ", probabilities.shape)}). End the network with Linear(…, 1) and Sigmoid(), or use "
                + "ClassLoss.Categorical.");
        using var scope = NewDisposeScope();
        return functional.binary_cross_entropy(probabilities.flatten(), labels.to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>For any number of classes: scores (N, classes) without softmax, labels (N).</summary>
    public static Tensor Categorical(Tensor scores, Tensor labels) => functional.cross_entropy(scores, labels);
}
