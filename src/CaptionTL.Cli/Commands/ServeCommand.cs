using System.CommandLine;
using CaptionTL.IO;
using CaptionTL.Runtime;
using CaptionTL.Service;
using CaptionTL.Service.Hosting;
using CaptionTL.Web;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl serve: the API, the jobs and the pages in this process, until it is told to stop.</summary>
internal sealed class ServeCommand : CliCommand
{
    private readonly Option<string> _urls = new("--urls")
    {
        Description = "Addresses to listen on, separated by semicolons; any but this machine's own need an API key "
            + "(captiontl keys create)",
        HelpName = "ADDRESS", DefaultValueFactory = _ => "http://127.0.0.1:8080",
    };
    private readonly DataFolderOption _data = new();
    private readonly Option<string?> _model = new("--model")
    {
        Description = "Name of the model that writes captions when a request names none",
        HelpName = "NAME", CompletionSources = { KnownNames.Bundles },
    };
    private readonly DeviceOption _device = new();
    private readonly Argument<string[]> _settings = new("SETTING")
    {
        Description = "More settings, after --, for instance CaptionTL:Fetching:Enabled=true", Arity = ArgumentArity.ZeroOrMore,
    };

    public ServeCommand() : base(
        "serve", "Start the service: the API, the training jobs and the pages, until Ctrl-C",
        "captiontl serve",
        "captiontl serve --urls http://127.0.0.1:9000 --data my-service",
        "captiontl serve -- CaptionTL:Security:RequireKeys=true")
    {
        foreach (Option option in (Option[])[_urls, _data, _model, _device]) Add(option);
        Add(_settings);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        await ServiceProgram.RunAsync(
            () => Build([.. Configuration(run).Select(setting => $"--{setting}")]),
            urls => run.Output.Write(new { urls }, text => text.WriteLine($"CaptionTL is ready: {string.Join(", ", urls)}")),
            run.CancellationToken);
        return ExitCode.Done;
    }

    private static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddCaptionTL();
        builder.AddWeb();
        var app = builder.Build();
        app.MapCaptionTL();
        app.MapWeb();
        return app;
    }

    /// <summary>Settings, NAME=VALUE; of those with the same name the last one holds, so that SETTING can change all of them.</summary>
    private IEnumerable<string> Configuration(CommandRun run)
    {
        yield return $"urls={run.Get(_urls)}";
        yield return $"contentRoot={AppContext.BaseDirectory}";
        yield return $"{ServiceOptions.Section}:{nameof(ServiceOptions.Data)}={_data.Resolve(run).Data}";
        if (run.Get(_device) is not ComputeDevice.Auto and { } device)
            yield return $"{ServiceOptions.Section}:{nameof(ServiceOptions.Device)}={device}";
        if (run.Get(_model) is { } model) yield return $"{ServiceOptions.Section}:{nameof(ServiceOptions.Model)}={model}";
        yield return "Logging:LogLevel:Default=Warning";
        foreach (var setting in run.Get(_settings))
        {
            if (!setting.Contains('=', StringComparison.Ordinal))
                throw new CaptionTLException($"'{setting}' is not a setting: after -- they are written NAME=VALUE, for instance "
                    + "CaptionTL:Fetching:Enabled=true.");
            yield return setting.TrimStart('-');
        }
    }
}
