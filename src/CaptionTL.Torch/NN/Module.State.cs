namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>
            /// Every parameter and persistent buffer by its dotted path, in PyTorch's order (own parameters, own buffers, then the submodules).
            /// The tensors are the module's own, not copies.
            /// </summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (name, parameter) in named_parameters(recurse: false)) destination.TryAdd(start + name, parameter);
                foreach (var (name, buffer) in named_buffers(recurse: false, include_nonpersistent: false)) destination.TryAdd(start + name, buffer);
                foreach (var (name, child) in named_children()) child.state_dict(destination, start + name);
                return destination;
            }

            /// <summary>Copies the tensors of a state dict into this module's. Nothing is copied unless everything fits.</summary>
            /// <returns>The keys that the source lacks and those that this module lacks.</returns>
            /// <exception cref="InvalidOperationException">Keys are missing or unexpected although strict, or a tensor has another shape.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                ArgumentNullException.ThrowIfNull(source);
                var skipped = skip is null ? [] : new HashSet<string>(skip);
                var target = state_dict();
                var missing = target.Keys.Where(key => !source.ContainsKey(key) && !skipped.Contains(key)).ToList();
                var unexpected = source.Keys.Where(key => !target.ContainsKey(key) && !skipped.Contains(key)).ToList();
                if (strict && missing.Count + unexpected.Count > 0)
                    throw new InvalidOperationException(
                        $"The loaded state_dict is not identical to the target dictionary of {GetName()}.{Listing("Missing", missing)}{Listing("Unexpected", unexpected)}");

                var common = source.Where(entry => target.ContainsKey(entry.Key) && !skipped.Contains(entry.Key)).ToList();
                var misfits = common.Where(entry => !entry.Value.shape.SequenceEqual(target[entry.Key].shape))
                    .Select(entry => $"{entry.Key} is {Shape(entry.Value)} in the source and {Shape(target[entry.Key])} in the module").ToList();
                if (misfits.Count > 0)
                    throw new InvalidOperationException($"The loaded state_dict does not fit {GetName()}.{Listing("Size mismatch for", misfits)}");

                using var gradientsOff = no_grad();
                foreach (var (key, tensor) in common) target[key].copy_(tensor);
                return (missing, unexpected);
            }

            private static string Listing(string what, List<string> keys) =>
                keys.Count == 0 ? "" : $" {what}: {string.Join(", ", keys.Take(10))}{(keys.Count > 10 ? $" and {keys.Count - 10} more" : "")}.";

            private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
        }
    }
}
