using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of the libtorch in use.</summary>
    public static string __version__ => Native.Version;

    /// <summary>Threads that one operator may use.</summary>
    public static int get_num_threads() => NativeMethods.ct_get_threads(0);

    public static void set_num_threads(int num) => Native.Check(NativeMethods.ct_set_threads(0, num));

    public static int get_num_interop_threads() => NativeMethods.ct_get_threads(1);

    /// <summary>Can be set once, and before anything ran in parallel.</summary>
    public static void set_num_interop_threads(int num) => Native.Check(NativeMethods.ct_set_threads(1, num));

    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                private static bool tf32;

                /// <summary>Whether matrix products on CUDA may round their inputs to 10 bits of mantissa.</summary>
                public static bool allow_tf32
                {
                    get => tf32;
                    set
                    {
                        Native.Check(NativeMethods.ct_set_matmul_precision(value ? 1 : 0, -1));
                        tf32 = value;
                    }
                }
            }
        }

        public static partial class cudnn
        {
            private static bool tf32 = true;

            /// <summary>Whether convolutions on CUDA may round their inputs to 10 bits of mantissa.</summary>
            public static bool allow_tf32
            {
                get => tf32;
                set
                {
                    Native.Check(NativeMethods.ct_set_matmul_precision(-1, value ? 1 : 0));
                    tf32 = value;
                }
            }
        }
    }
}
