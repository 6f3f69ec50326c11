using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CaptionTL.Cli.Commands;

/// <summary>Asks a child process for an orderly end.</summary>
internal static partial class ChildSignal
{
    private const int SigTerm = 15;

    /// <summary>SIGTERM; Windows has no such thing, there the process is ended.</summary>
    public static void Terminate(Process child)
    {
        try
        {
            if (OperatingSystem.IsWindows()) child.Kill(entireProcessTree: true);
            else if (!child.HasExited) _ = Kill(child.Id, SigTerm);
        }
        catch (InvalidOperationException)
        {
            // It has come to its end meanwhile.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);
}
