using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // tensor[…]: views for numbers and slices, gathered copies for tensors of positions, as in Python.
    public partial class Tensor
    {
        private static readonly Op op_select = new("select", "int"), op_slice = new("slice", "Tensor"), op_index = new("index", "Tensor"),
            op_index_put_ = new("index_put_"), op_index_unsqueeze = new("unsqueeze");

        public Tensor this[long i1]
        {
            get => op_select.Call(this, 0, i1);
            set => Assign(value, i1);
        }

        public Tensor this[long i1, long i2]
        {
            get => Pick(i1, i2);
            set => Assign(value, i1, i2);
        }

        public Tensor this[long i1, long i2, long i3]
        {
            get => Pick(i1, i2, i3);
            set => Assign(value, i1, i2, i3);
        }

        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => Pick(i1, i2, i3, i4);
            set => Assign(value, i1, i2, i3, i4);
        }

        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => Pick(i1, i2, i3, i4, i5);
            set => Assign(value, i1, i2, i3, i4, i5);
        }

        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => Pick(i1, i2, i3, i4, i5, i6);
            set => Assign(value, i1, i2, i3, i4, i5, i6);
        }

        public Tensor this[params long[] indices]
        {
            get => index(Array.ConvertAll(indices, i => (TensorIndex)i));
            set => index_put_(value, Array.ConvertAll(indices, i => (TensorIndex)i));
        }

        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor index(params Tensor[] indices) => op_index.Call(this, indices);

        public Tensor index(params TensorIndex[] indices)
        {
            var (view, positions) = Resolve(indices);
            if (positions is null) return view;
            try
            {
                return op_index.Call(view, positions);
            }
            finally
            {
                Release(view, positions);
            }
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false)
        {
            op_index_put_.Run(this, indices, value, accumulate);
            return this;
        }

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            var (view, positions) = Resolve(indices);
            try
            {
                if (positions is not null) op_index_put_.Run(view, positions, value, accumulate);
                else if (accumulate) view.add_(value);
                else op_copy_.Run(view, value);
            }
            finally
            {
                Release(view, positions);
            }
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var one = full([], value, dtype, device);
            return index_put_(one, indices, false);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices)
        {
            using var one = full([], value, dtype, device);
            return index_put_(one, indices, false);
        }

        private Tensor Pick(params TensorIndex[] indices) => index(indices);

        private void Assign(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        /// <summary>The view that numbers and slices make, and for tensor indices what picks from its dimensions (null: all).</summary>
        private (Tensor view, Tensor?[]? positions) Resolve(TensorIndex[] indices)
        {
            var taken = indices.Sum(i => i.kind switch
            {
                TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1L,
                TensorIndex.Kind.Tensor => i.tensor!.dtype is ScalarType.Bool ? i.tensor.ndim : 1L,
                _ => 0L,
            });
            var view = alias();
            List<Tensor?>? positions = null;
            var (at, slot) = (0L, 0);
            try
            {
                foreach (var i in indices) Apply(i);
                return (view, positions?.ToArray());
            }
            catch
            {
                Release(view, positions?.ToArray());
                throw;
            }

            void Apply(TensorIndex i)
            {
                switch (i.kind)
                {
                    case TensorIndex.Kind.Single:
                        Step(op_select.Call(view, at, i.start ?? 0));
                        break;
                    case TensorIndex.Kind.Slice:
                        if (i.start is not null || i.stop is not null || i.step is not null) Step(op_slice.Call(view, at, i.start, i.stop, i.step ?? 1));
                        Pass(1);
                        break;
                    case TensorIndex.Kind.None or TensorIndex.Kind.Null:
                        Step(op_index_unsqueeze.Call(view, at));
                        Pass(1);
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        Pass((int)Math.Max(0, ndim - taken));
                        break;
                    case TensorIndex.Kind.Bool:
                        Step(op_index_unsqueeze.Call(view, at));
                        Take(full([1], i.start != 0, ScalarType.Bool, device), 1);
                        break;
                    default:
                        Take(i.tensor!.alias(), i.tensor.dtype is ScalarType.Bool ? i.tensor.ndim : 1);
                        break;
                }
            }

            // Dimensions of the view that stay as they are; each is one slot in libtorch's list of positions.
            void Pass(int dimensions)
            {
                at += dimensions;
                slot += dimensions;
            }

            // A mask of n dimensions takes n of the view's, but one slot.
            void Take(Tensor where, long dimensions)
            {
                positions ??= [];
                while (positions.Count < slot) positions.Add(null);
                positions.Add(where);
                at += dimensions;
                slot++;
            }

            void Step(Tensor next)
            {
                view.Dispose();
                view = next;
            }
        }

        private static void Release(Tensor view, Tensor?[]? positions)
        {
            view.Dispose();
            foreach (var position in positions ?? []) position?.Dispose();
        }
    }
}
