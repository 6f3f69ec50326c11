using System.CommandLine;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl keys create: a new key, shown once.</summary>
internal sealed class KeysCreateCommand : CliCommand
{
    private readonly Option<string> _name = new("--name") { Description = "Whose it is; jobs and changes are recorded with it", Required = true };
    private readonly Option<string> _scopes = new("--scopes") { Description = "What it opens, separated by commas: caption (asking the models), train (data sets, jobs, pages), admin (everything)", HelpName = "SCOPES", CompletionSources = { "caption", "train", "admin" }, DefaultValueFactory = _ => "caption" };
    private readonly KeyStoreOptions _store = new();

    public KeysCreateCommand() : base(
        "create", "Make a key; it is shown this once, only its hash is kept",
        "captiontl keys create --name camera --scopes caption", "captiontl keys create --name anna --scopes caption,train --data my-service")
    {
        Add(_name);
        Add(_scopes);
        _store.AddTo(this);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var (key, kept) = await store.CreateAsync(run.Get(_name)!, run.Get(_scopes)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), run.CancellationToken);
        run.Output.Write(new { Key = key, kept.Prefix, kept.Name, Scopes = kept.Scopes.Split(','), kept.Created }, text => text.WriteLine(key));
        if (!run.Output.Json) await run.Error.WriteLineAsync("Keep it: it cannot be shown again. Send it as Authorization: Bearer KEY.");
        return ExitCode.Done;
    }
}
