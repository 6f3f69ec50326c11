using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CaptionTL.Tests;

/// <summary>Our programs, and those of the SDK, as processes of their own.</summary>
public static class DotNetProgram
{
    private static readonly string DotNet = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>A command of the SDK, such as "msbuild".</summary>
    public static ProcessStartInfo Sdk(string command, params IEnumerable<string> arguments) =>
        new(DotNet, [command, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };

    /// <param name="assembly">The program's file.</param>
    /// <param name="arguments">That follow it.</param>
    /// <returns>With output and errors to be read.</returns>
    public static ProcessStartInfo Start(string assembly, params IEnumerable<string> arguments) =>
        new(DotNet, ["exec", assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };

    /// <summary>Asks a process for an orderly end, by SIGTERM.</summary>
    public static void Terminate(Process process)
    {
        const int SigTerm = 15;
        if (!process.HasExited) _ = Kill(process.Id, SigTerm);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
