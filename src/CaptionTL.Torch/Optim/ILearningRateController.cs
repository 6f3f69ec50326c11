namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>A learning rate that schedulers set, and the one they start from.</summary>
        public interface ILearningRateController
        {
            double LearningRate { get; set; }

            double InitialLearningRate { get; set; }
        }
    }
}
