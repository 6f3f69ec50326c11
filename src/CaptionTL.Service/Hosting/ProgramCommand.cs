using System.Runtime.InteropServices;

namespace CaptionTL.Service.Hosting;

/// <summary>How another program of the product is started.</summary>
/// <param name="File">To be started.</param>
/// <param name="Arguments">That come first.</param>
public sealed record ProgramCommand(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>An assembly by the dotnet whose runtime this process has. A self-contained folder has none: there the executable beside the assembly starts it.</summary>
    /// <param name="path">A .dll, or an executable, which is started as it is.</param>
    public static ProgramCommand Of(string path) => Of(path, RuntimeEnvironment.GetRuntimeDirectory(), AppContext.BaseDirectory);

    /// <param name="path">A .dll or an executable.</param>
    /// <param name="runtime">Folder of the runtime that this process has.</param>
    /// <param name="program">Folder of the program that runs.</param>
    internal static ProgramCommand Of(string path, string runtime, string program)
    {
        if (!path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) return new ProgramCommand(path, []);
        var isSelfContained = Path.TrimEndingDirectorySeparator(runtime) == Path.TrimEndingDirectorySeparator(program);
        return isSelfContained ? new ProgramCommand(Path.ChangeExtension(path, OperatingSystem.IsWindows() ? ".exe" : null), []) : new ProgramCommand(DotNet(runtime), [path]);
    }

    // The one that runs this process, else the one whose runtime it is.
    private static string DotNet(string runtime)
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } self && Path.GetFileName(self) == name) return self;
        var installed = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", name));
        return System.IO.File.Exists(installed) ? installed : name;
    }
}
