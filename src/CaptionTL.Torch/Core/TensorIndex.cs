namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// One index of <c>tensor[…]</c>, as in Python: a number takes one position and drops the dimension, a slice or range
    /// keeps it, None adds one of size 1, Ellipsis stands for all dimensions in between, a tensor picks positions.
    /// </summary>
    public struct TensorIndex
    {
        internal enum Kind { None, Null, Ellipsis, Bool, Single, Slice, Tensor }

        internal Kind kind;
        internal long? start;
        internal long? stop;
        internal long? step;
        internal Tensor? tensor;

        public static TensorIndex None = new() { kind = Kind.None };
        public static TensorIndex Null = new() { kind = Kind.Null };
        public static TensorIndex Ellipsis = new() { kind = Kind.Ellipsis };
        public static TensorIndex Colon = new() { kind = Kind.Slice };

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new() { kind = Kind.Slice, start = start, stop = stop, step = step };

        public static TensorIndex Slice((int?, int?) range) => Slice(range.Item1, range.Item2);

        public static TensorIndex Slice(Range range) => Slice(Start(range.Start), Stop(range.End));

        public static TensorIndex Bool(bool value) => new() { kind = Kind.Bool, start = value ? 1 : 0 };

        public static TensorIndex Single(long? index) => new() { kind = Kind.Single, start = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { kind = Kind.Tensor, tensor = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex(Index index) => Single(Start(index));
        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);

        private static long Start(Index index) => index.IsFromEnd ? -index.Value : index.Value;

        private static long? Stop(Index index) => index is { IsFromEnd: true, Value: 0 } ? null : Start(index);
    }
}
