using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class Adagrad
{
    public sealed class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor sum = null!;

        public State(Parameter parameter) : base(parameter) { }

        public override void Initialize(OptimizerOptions options)
        {
            var chosen = (Options)options;
            step = 0;
            Replace(ref sum!, NewZeros().fill_(chosen.initial_accumulator_value ?? 0));
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            SaveTensor(writer, sum);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            LoadTensor(reader, ref sum);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (State)source;
            step = other.step;
            CopyFrom(ref sum!, other.sum);
        }

        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state && step == state.step && Close(sum, state.sum);

        public override void to(Device device)
        {
            Move(ref sum!, device);
        }

        public void Dispose()
        {
            sum?.Dispose();
        }
    }
}
