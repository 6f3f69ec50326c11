using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CaptionTL.Tests;

/// <summary>Our programs as processes of their own.</summary>
public static class DotNetProgram
{
    private static readonly string DotNet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <param name="assembly">The program's file.</param>
    /// <param name="arguments">That follow it.</param>
    /// <returns>With output and errors to be read.</returns>
    public static ProcessStartInfo Start(string assembly, params IEnumerable<string> arguments) =>
        new(DotNet, ["exec", assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
}
