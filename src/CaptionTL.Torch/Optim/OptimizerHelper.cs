using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>What the optimizers here share: a state for every parameter, and saving and restoring them.</summary>
public abstract class OptimizerHelper : Optimizer
{
    private readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);

    protected OptimizerOptions _defaults = null!;

    public OptimizerHelper() { }

    /// <summary>Options and states themselves: what is read from or written to them is the optimizer's own.</summary>
    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options);
            var positions = new List<int>();
            dictionary.StateIndexRef.Add(positions);
            foreach (var parameter in group.Parameters)
            {
                positions.Add(dictionary.State.Count);
                dictionary.State.Add(_states[parameter]);
            }
        }
        return dictionary;
    }

    /// <summary>Copies the options and states of an optimizer with equal groups.</summary>
    /// <exception cref="ArgumentException">The numbers of groups or parameters differ.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        ArgumentNullException.ThrowIfNull(state_dict);
        var own = this.state_dict();
        CheckCounts(own, state_dict.Options.Count, state_dict.State.Count);
        for (var i = 0; i < own.Options.Count; i++)
            if (own.Options[i] != state_dict.Options[i]) own.Options[i].LoadStateDict(state_dict.Options[i]);
        for (var i = 0; i < own.State.Count; i++)
            if (own.State[i] != state_dict.State[i]) own.State[i].LoadStateDict(state_dict.State[i]);
    }

    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location));
        save_state_dict(writer);
    }

    /// <summary>Writes options and states, to the last bit.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var own = state_dict();
        writer.Write(GetType().Name);
        writer.Write7BitEncodedInt64(own.Options.Count);
        writer.Write7BitEncodedInt64(own.State.Count);
        foreach (var options in own.Options) options.SaveStateDict(writer);
        foreach (var state in own.State) state.SaveStateDict(writer);
    }

    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        load_state_dict(reader);
    }

    /// <exception cref="InvalidDataException">The stream holds another optimizer's state.</exception>
    /// <exception cref="ArgumentException">The numbers of groups or parameters differ.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var kind = reader.ReadString();
        if (kind != GetType().Name) throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{kind}' in the loaded stream.");
        var own = state_dict();
        CheckCounts(own, reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
        foreach (var options in own.Options) options.LoadStateDict(reader);
        foreach (var state in own.State) state.LoadStateDict(reader);
    }

    /// <summary>Moves the states.</summary>
    public void to(Device device)
    {
        foreach (var state in _states.Values) state.to(device);
    }

    /// <summary>Runs the closure, if any, and then the body for every group: without autograd, temporaries freed.</summary>
    protected Tensor? _step<T>(Action<T> body, Func<Tensor>? loss_closure = null) where T : ParamGroup
    {
        ArgumentNullException.ThrowIfNull(body);
        var loss = base.step(loss_closure);
        using var gradientsOff = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in _parameter_groups) body((T)group);
        return loss;
    }

    private protected override void FreeStates()
    {
        foreach (var state in _states.Values) (state as IDisposable)?.Dispose();
    }

    /// <summary>Adds a group whose options are complete, with a fresh state for each of its parameters.</summary>
    private protected void Join(ParamGroup group, Func<Parameter, OptimizerState> newState)
    {
        group.Parameters = group.Parameters.ToList(); // a lazy sequence would be walked at every step
        group.Options.InitialLearningRate = group.LearningRate;
        foreach (var parameter in group.Parameters)
        {
            if (_states.ContainsKey(parameter)) throw new ArgumentException("A parameter appears in more than one group.", nameof(group));
            if (!parameter.is_leaf) throw new ArgumentException("can't optimize a non-leaf Tensor", nameof(group));
            var state = newState(parameter);
            state.Initialize(group.Options);
            _states.Add(parameter, state);
        }
        _parameter_groups.Add(group);
    }

    private protected T StateOf<T>(Parameter parameter) where T : OptimizerState => (T)_states[parameter];

    private protected static void RequireAtLeast(double least, double value, string name)
    {
        if (!(value >= least)) throw new ArgumentException($"Invalid {name}: {value}");
    }

    private protected static void RequireBeta(double value, string name)
    {
        if (!(value >= 0 && value < 1)) throw new ArgumentException($"Invalid {name}: {value}");
    }

    private static void CheckCounts(StateDictionary own, long groups, long states)
    {
        if (groups != own.Options.Count)
            throw new ArgumentException($"Invalid optimizer state -- different number of parameter groups: {groups} in the source, {own.Options.Count} here.");
        if (states != own.State.Count)
            throw new ArgumentException($"Invalid optimizer state -- different number of states: {states} in the source, {own.State.Count} here.");
    }
}
