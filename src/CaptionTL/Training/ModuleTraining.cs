using CaptionTL.Backbones;
using TorchSharp;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>The plain loop of training and scoring, for networks put together by hand; plans have <see cref="Trainer"/>.</summary>
public static class ModuleTraining
{
    /// <summary>
    /// Trains what the optimizer holds and is not frozen, in training mode; afterwards the model is in inference mode. Frozen layers of a
    /// backbone stay in inference mode throughout.
    /// </summary>
    /// <param name="model">Inputs of the batches to outputs.</param>
    /// <param name="data">Every epoch in an order, and augmented, of its own.</param>
    /// <param name="epochs">At least 1.</param>
    /// <param name="optimizer">Over the model's parameters.</param>
    /// <param name="loss">Outputs and labels to one number, for instance <see cref="ClassLoss.Binary"/>.</param>
    /// <param name="firstEpoch">Where an earlier call ended, so that order and augmentation go on.</param>
    /// <param name="progress">The mean loss after every epoch.</param>
    /// <returns>The mean loss of every epoch.</returns>
    /// <exception cref="CaptionTLException">The loss is no finite number any more.</exception>
    public static IReadOnlyList<double> Fit(
        this nn.Module<Tensor, Tensor> model, ILabelledBatches data, int epochs, optim.Optimizer optimizer,
            Func<Tensor, Tensor, Tensor> loss,
        int firstEpoch = 0, IProgress<double>? progress = null)
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
                    throw new CaptionTLException($"The loss is no finite number after epoch {epoch + 1}. Take a smaller learning rate.",
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

    /// <summary>The share of images whose class is right, 0 to 1; in inference mode, not augmented.</summary>
    /// <param name="model">One output: the probability of the second class. More: a score for each class.</param>
    /// <param name="data">To score.</param>
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
/// What a network's outputs cost, given the classes: the mean over a batch of minus the logarithm of the right class's probability.
/// </summary>
public static class ClassLoss
{
    /// <summary>For two classes and one output, the probability of the second: (N, 1) after a sigmoid, labels (N) of 0 and 1.</summary>
    /// <exception cref="CaptionTLException">There is more than one output an image.</exception>
    public static Tensor Binary(Tensor probabilities, Tensor labels)
    {
        if (probabilities.numel() != labels.numel())
            throw new CaptionTLException($"The binary loss takes one probability an image, not outputs of shape "
                + $"({string.Join(", ", probabilities.shape)}). End the network with Linear(…, 1) and Sigmoid(), or take "
                + $"ClassLoss.Categorical.");
        using var scope = NewDisposeScope();
        return functional.binary_cross_entropy(probabilities.flatten(), labels.to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>For any number of classes: scores (N, classes) without softmax, labels (N).</summary>
    public static Tensor Categorical(Tensor scores, Tensor labels) => functional.cross_entropy(scores, labels);
}
