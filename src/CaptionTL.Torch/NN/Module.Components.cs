using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>
            /// Registers what the fields hold: a module as a submodule, a parameter as a parameter, any other tensor as a buffer.
            /// To be called once, at the end of the constructor.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (_componentsRegistered) return;
                foreach (var (component, field) in ComponentFields.Of(GetType()))
                {
                    if (_submodules.ContainsKey(component) || _parameterTable.ContainsKey(component) || _bufferTable.ContainsKey(component)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(component, module); break;
                        case Parameter parameter: register_parameter(component, parameter); break; // before Tensor, its base class
                        case Tensor tensor: register_buffer(component, tensor); break;
                    }
                }
                _componentsRegistered = true;
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Adds a submodule; null or a disposed module takes the name away.</summary>
            /// <exception cref="ArgumentException">The name is empty or has a dot in it.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.IsDisposed)
                {
                    _submodules.Remove(name);
                    return;
                }
                if (string.IsNullOrEmpty(name)) throw new ArgumentException("A module's name cannot be empty.", nameof(name));
                if (name.Contains('.', StringComparison.Ordinal)) throw new ArgumentException($"A module's name cannot contain \".\": {name}", nameof(name));
                if (_submodules.ContainsKey(name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _submodules.Add(name, submodule);
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (!_parameterTable.TryAdd(name, param)) throw new InvalidOperationException($"Parameter {name} is already registered.");
            }

            /// <summary>Adds a tensor that is part of the module's state but is not trained. Only persistent buffers are in <see cref="state_dict"/>.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (!_bufferTable.TryAdd(name, (tensor, persistent))) throw new InvalidOperationException($"Tensor {name} is already registered.");
            }

            /// <summary>Registers or replaces a parameter; null takes it away.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null) _parameterTable.Remove(name);
                else _parameterTable[name] = value;
            }

            /// <summary>Registers or replaces a buffer; null takes it away.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null) _bufferTable.Remove(name);
                else _bufferTable[name] = (value, persistent);
            }

            protected void ClearModules() => _submodules.Clear();

            // A layer's own parameter or buffer: lives as long as the layer, whatever dispose scope it was made in.
            private protected void SetParameter(ref Parameter? field, string component, Parameter? value)
            {
                if (ReferenceEquals(field, value) && value is not null) return;
                field?.Dispose();
                value?.DetachFromDisposeScope();
                field = value;
                ConditionallyRegisterParameter(component, value);
            }

            private protected void SetBuffer(ref Tensor? field, string component, Tensor? value)
            {
                if (ReferenceEquals(field, value) && value is not null) return;
                field?.Dispose();
                value?.DetachFromDisposeScope();
                field = value;
                ConditionallyRegisterBuffer(component, value);
            }
        }
    }
}
