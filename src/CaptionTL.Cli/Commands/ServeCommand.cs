using System.CommandLine;
using System.Diagnostics;
using CaptionTL.IO;
using CaptionTL.Runtime;
using CaptionTL.Service;
using CaptionTL.Service.Hosting;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl serve: starts the service as a process of its own and waits for its end.</summary>
internal sealed class ServeCommand : CliCommand
{
    private readonly Option<string> _urls = new("--urls") { Description = "Addresses to listen on, separated by semicolons; others than "
        + "this machine's own need an API key (captiontl keys create)", HelpName = "ADDRESS", DefaultValueFactory = _ =>
        "http://127.0.0.1:8080" };
    private readonly DataFolderOption _data = new();
    private readonly Option<string?> _model = new("--model") { Description = "Name of the model that writes captions unless a request "
        + "names another", HelpName = "NAME", CompletionSources = { KnownNames.Bundles } };
    private readonly DeviceOption _device = new();
    private readonly Argument<string[]> _more = new("SETTING") { Description = "After --: more configuration, for instance "
        + "CaptionTL:Fetching:Enabled=true", Arity = ArgumentArity.ZeroOrMore };

    public ServeCommand() : base(
        "serve", "Start the service: the API, the training jobs and the pages, until Ctrl-C",
        "captiontl serve", "captiontl serve --urls http://127.0.0.1:9000 --data my-service",
            "captiontl serve -- CaptionTL:Security:RequireKeys=true")
    {
        foreach (Option option in (Option[])[_urls, _data, _model, _device]) Add(option);
        Add(_more);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        using var host = Process.Start(Start(run)) ?? throw new CaptionTLException("the service's process could not be started",
            isInput: false);
        // The terminal sends Ctrl-C to both processes, SIGTERM comes to this one only; hearing it twice does the host no harm.
        using var passing = run.CancellationToken.Register(() => ChildSignal.Terminate(host));
        await host.WaitForExitAsync(CancellationToken.None);
        return host.ExitCode;
    }

    private ProcessStartInfo Start(CommandRun run)
    {
        var program = ServiceHostProgram.Find();
        var start = new ProcessStartInfo(program.File) { UseShellExecute = false };
        foreach (var argument in program.Arguments) start.ArgumentList.Add(argument);
        start.ArgumentList.Add($"--urls={run.Get(_urls)}");
        start.ArgumentList.Add($"--contentRoot={program.Folder}");
        start.ArgumentList.Add($"--{ServiceOptions.Section}:{nameof(ServiceOptions.Data)}={_data.Resolve(run).Data}");
        if (run.Get(_device) is not ComputeDevice.Auto and { } device)
            start.ArgumentList.Add($"--{ServiceOptions.Section}:{nameof(ServiceOptions.Device)}={device}");
        if (run.Get(_model) is { } model) start.ArgumentList.Add($"--{ServiceOptions.Section}:{nameof(ServiceOptions.Model)}={model}");
        if (run.Output.Json) start.ArgumentList.Add($"--{ServiceProgram.JsonReadyLine}=true");
        // Last named wins: what is said here can be said otherwise in SETTING.
        start.ArgumentList.Add("--Logging:LogLevel:Default=Warning");
        foreach (var setting in run.Get(_more))
        {
            if (!setting.Contains('=', StringComparison.Ordinal))
                throw new CaptionTLException($"'{setting}' is no setting: after -- they are written NAME=VALUE, for instance "
                    + $"CaptionTL:Fetching:Enabled=true.");
            start.ArgumentList.Add(setting.StartsWith("--", StringComparison.Ordinal) ? setting : $"--{setting}");
        }
        return start;
    }
}

/// <summary>The program that is the service: where it lies and how it is started.</summary>
/// <param name="File">To be started.</param>
/// <param name="Arguments">That come first.</param>
/// <param name="Folder">It lies in.</param>
internal sealed record ServiceHostProgram(string File, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>Set by the start script, which builds the host.</summary>
    public const string Variable = "CAPTIONTL_HOST";

    private const string Name = "CaptionTL.Web";

    /// <exception cref="CaptionTLException">It is not there.</exception>
    public static ServiceHostProgram Find() => Find(Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory);

    /// <param name="named">Value of <see cref="Variable"/>, if any.</param>
    /// <param name="beside">Folder of the program that runs.</param>
    internal static ServiceHostProgram Find(string? named, string beside)
    {
        if (named is { Length: > 0 })
            return Of(Path.GetFullPath(named))
                ?? throw new CaptionTLException($"{named}: there is no such program ({Variable} names it).");
        return Of(Path.Combine(beside, Name + ".dll")) ?? Of(Path.Combine(beside, "web", Name + ".dll"))
            ?? throw new CaptionTLException($"the service ({Name}) does not lie beside this program. In the project's folder start it "
            + $"with ./captiontl serve, which builds it; elsewhere let {Variable} name its {Name}.dll.");
    }

    private static ServiceHostProgram? Of(string path)
    {
        if (!System.IO.File.Exists(path)) return null;
        var (file, arguments) = ProgramCommand.Of(path);
        return new ServiceHostProgram(file, arguments, Path.GetDirectoryName(path)!);
    }
}
