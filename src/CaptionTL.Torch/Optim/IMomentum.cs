namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>A momentum that schedulers may cycle.</summary>
        public interface IMomentum
        {
            double Momentum { get; set; }
        }
    }
}
