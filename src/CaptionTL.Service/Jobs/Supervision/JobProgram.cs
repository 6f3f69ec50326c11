using System.Diagnostics;
using System.Runtime.InteropServices;
using CaptionTL.Service.Jobs.Running;

namespace CaptionTL.Service.Jobs.Supervision;

/// <summary>How a job's process is started: the service's own program again, wherever this library runs (in tests the host is another one).</summary>
internal static class JobProgram
{
    /// <param name="program">Path of the program's file; CaptionTL.Web.dll beside this library when null.</param>
    /// <param name="folder">The job's.</param>
    /// <exception cref="CaptionTLException">There is no such file.</exception>
    public static ProcessStartInfo Start(string? program, string folder)
    {
        var file = program ?? Path.Combine(AppContext.BaseDirectory, "CaptionTL.Web.dll");
        if (!File.Exists(file)) throw new CaptionTLException($"The program that carries out jobs is not at {file}; {WorkerOptions.Section}:{nameof(WorkerOptions.Program)} names it.", isInput: false);
        var isAssembly = Path.GetExtension(file).Equals(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(isAssembly ? DotNet() : file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (isAssembly) start.ArgumentList.Add(file);
        start.ArgumentList.Add(JobProcess.Command);
        start.ArgumentList.Add(folder);
        return start;
    }

    // The one that runs this process, else the one whose runtime it is.
    private static string DotNet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } self && Path.GetFileName(self) == name) return self;
        var installed = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(installed) ? installed : name;
    }
}
