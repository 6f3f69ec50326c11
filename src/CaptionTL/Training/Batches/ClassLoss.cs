using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Training.Batches;

/// <summary>What a network's outputs cost, given the classes: the mean over a batch of minus the logarithm of the right class's probability.</summary>
public static class ClassLoss
{
    /// <summary>For two classes and one output, the probability of the second: (N, 1) after a sigmoid, labels (N) of 0 and 1.</summary>
    /// <exception cref="CaptionTLException">There is more than one output a picture.</exception>
    public static Tensor Binary(Tensor probabilities, Tensor labels)
    {
        if (probabilities.numel() != labels.numel())
            throw new CaptionTLException($"The binary loss takes one probability a picture, not outputs of shape ({string.Join(", ", probabilities.shape)}). End the network with Linear(…, 1) and Sigmoid(), or take ClassLoss.Categorical.");
        using var scope = NewDisposeScope();
        return functional.binary_cross_entropy(probabilities.flatten(), labels.to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>For any number of classes: scores (N, classes) without softmax, labels (N).</summary>
    public static Tensor Categorical(Tensor scores, Tensor labels) => functional.cross_entropy(scores, labels);
}
