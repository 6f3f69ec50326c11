using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CaptionTL.Tests.Child;

/// <summary>What libtorch in this process, and a process started by it, find in their environment: NAME=VALUE, once for each.</summary>
internal static partial class NativeEnvironment
{
    public static int Print()
    {
        Runtime.NativeStartup.Prepare();
        foreach (var name in (string[])["OMP_WAIT_POLICY", "TORCH_CPP_LOG_LEVEL", "ONEDNN_MAX_CPU_ISA"])
            Console.WriteLine($"{name}={Marshal.PtrToStringUTF8(Get(name))}");
        using var child = Process.Start("/usr/bin/env")!;
        child.WaitForExit();
        return child.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Get(string name);
}
