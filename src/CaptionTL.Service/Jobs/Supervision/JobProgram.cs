using System.Diagnostics;
using CaptionTL.Service.Hosting;
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
        var (command, arguments) = ProgramCommand.Of(file);
        return new ProcessStartInfo(command, [.. arguments, JobProcess.Command, folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
            UseShellExecute = false,
            CreateNoWindow = true,
        };
    }
}
