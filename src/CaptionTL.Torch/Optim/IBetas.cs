namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Adam's decay rates (first moment, second moment), of which schedulers may cycle the first.</summary>
        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }
    }
}
