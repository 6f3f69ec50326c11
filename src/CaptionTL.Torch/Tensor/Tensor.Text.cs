namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Sizes, type and device: "[2x3], type = Float32, device = cpu". The elements are not read.</summary>
        public override string ToString()
        {
            if (IsInvalid) return "[disposed]";
            var text = $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
            return is_sparse ? text + ", layout = sparse" : text;
        }
    }
}
