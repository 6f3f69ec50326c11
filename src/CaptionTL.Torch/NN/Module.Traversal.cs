using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Own parameters, then those of the submodules with the path as prefix; a shared parameter comes once.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (name, parameter) in _parameterTable)
                    if (seen.Add(parameter)) yield return (name, parameter);
                if (!recurse) yield break;
                foreach (var (child, module) in named_children())
                    foreach (var (name, parameter) in module.named_parameters(true))
                        if (seen.Add(parameter)) yield return ($"{child}.{name}", parameter);
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (name, (buffer, persistent)) in _bufferTable)
                    if ((persistent || include_nonpersistent) && seen.Add(buffer)) yield return (name, buffer);
                if (!recurse) yield break;
                foreach (var (child, module) in named_children())
                    foreach (var (name, buffer) in module.named_buffers(true, include_nonpersistent))
                        if (seen.Add(buffer)) yield return ($"{child}.{name}", buffer);
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            /// <summary>The direct submodules.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children()
            {
                foreach (var (name, module) in _submodules) yield return (name, module);
            }

            public virtual IEnumerable<Module> children() => named_children().Select(c => c.module);

            /// <summary>All submodules below this one: the children first, then their submodules.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in named_children()) yield return child;
                foreach (var (child, module) in named_children())
                    foreach (var (name, inner) in module.named_modules()) yield return ($"{child}.{name}", inner);
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>The parameter with a dotted path, or null.</summary>
            public virtual Parameter? get_parameter(string target)
            {
                if (_parameterTable.TryGetValue(target, out var parameter)) return parameter;
                var (child, rest) = Descend(target);
                return child?.get_parameter(rest);
            }

            /// <summary>The buffer with a dotted path, or null.</summary>
            public virtual Tensor? get_buffer(string target)
            {
                if (_bufferTable.TryGetValue(target, out var buffer)) return buffer.Tensor;
                var (child, rest) = Descend(target);
                return child?.get_buffer(rest);
            }

            private (Module? Child, string Remainder) Descend(string target)
            {
                var dot = target.IndexOf('.', StringComparison.Ordinal);
                if (dot < 0) return (null, "");
                var first = target[..dot];
                return (named_children().FirstOrDefault(c => c.name == first).module, target[(dot + 1)..]);
            }
        }
    }
}
