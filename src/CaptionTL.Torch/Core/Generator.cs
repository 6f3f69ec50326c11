using System.Security.Cryptography;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of pseudo-random numbers. Its state is a tensor of bytes that can be stored and set again.</summary>
    public class Generator : IDisposable
    {
        private nint handle;

        public unsafe Generator(ulong seed = 0, Device? device = null) : this(device ?? CPU, standard: false, (long)seed)
        {
        }

        private unsafe Generator(Device device, bool standard, long seed)
        {
            this.device = InitializeDevice(device);
            nint found;
            Native.Check(NativeMethods.ct_generator_new((int)device.type, device.index, standard ? 1 : 0, seed, &found));
            handle = found;
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that operators on the CPU use when they are given none.</summary>
        public static Generator Default => DefaultOf(CPU);

        internal static Generator DefaultOf(Device device) => new(device, standard: true, 0);

        public nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Generator));

        public Device device { get; }

        public unsafe Tensor get_state()
        {
            nint state;
            Native.Check(NativeMethods.ct_generator_get_state(Handle, &state));
            return new Tensor(state);
        }

        public void set_state(Tensor value) => Native.Check(NativeMethods.ct_generator_set_state(Handle, value.Handle));

        public Generator manual_seed(long seed)
        {
            Seed(1, seed);
            return this;
        }

        /// <summary>Seeds with a number from the machine's entropy, and returns it.</summary>
        public long seed()
        {
            var fresh = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue;
            Seed(1, fresh);
            return fresh;
        }

        public long initial_seed() => Seed(0, 0);

        private unsafe long Seed(int what, long value)
        {
            Native.Check(NativeMethods.ct_generator_seed(Handle, what, &value));
            return value;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var old = Interlocked.Exchange(ref handle, 0);
            if (old != 0) _ = NativeMethods.ct_generator_free(old);
        }
    }

    /// <summary>Seeds the default generators of all devices.</summary>
    public static Generator manual_seed(long seed)
    {
        Native.Check(NativeMethods.ct_manual_seed(seed));
        return Generator.Default;
    }

    public static long seed()
    {
        using var generator = Generator.Default;
        return generator.seed();
    }

    public static long initial_seed()
    {
        using var generator = Generator.Default;
        return generator.initial_seed();
    }

    public static Tensor get_rng_state()
    {
        using var generator = Generator.Default;
        return generator.get_state();
    }

    public static void set_rng_state(Tensor new_state)
    {
        using var generator = Generator.Default;
        generator.set_state(new_state);
    }

    public static partial class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);
        public static long seed() => torch.seed();
        public static long initial_seed() => torch.initial_seed();
        public static Tensor get_rng_state() => torch.get_rng_state();
        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);
    }
}
