using System.CommandLine;
using System.Globalization;
using CaptionTL.IO;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl keys …</summary>
internal sealed class KeysCommand : CommandGroup
{
    public KeysCommand() : base("keys", "API keys of the service: needed by whoever reaches it from another machine")
    {
        Add(new KeysCreateCommand());
        Add(new KeysListCommand());
        Add(new KeysRevokeCommand());
    }
}

/// <summary>Which service's keys: that of a data folder, or of a PostgreSQL data base.</summary>
internal sealed class KeyStoreOptions
{
    private readonly DataFolderOption _data = new();
    private readonly Option<string?> _postgres = new("--postgres") { Description = "Connection string, where the service keeps its "
        + "tables in PostgreSQL", HelpName = "CONNECTION" };

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_postgres);
    }

    public Task<ApiKeyStore> OpenAsync(CommandRun run)
    {
        var storage = run.Get(_postgres) is { } connection
            ? new StorageOptions { Provider = StorageProvider.PostgreSql, ConnectionString = connection } : new StorageOptions();
        return ApiKeyStore.OpenAsync(_data.Resolve(run), storage, run.CancellationToken);
    }
}

/// <summary>captiontl keys create: a new key, shown once.</summary>
internal sealed class KeysCreateCommand : CliCommand
{
    private readonly Option<string> _name = new("--name") { Description = "Whose it is; jobs and changes are recorded with it",
        Required = true };
    private readonly Option<string> _scopes = new("--scopes") { Description = "What it opens, separated by commas: caption (asking the "
        + "models), train (data sets, jobs, pages), admin (everything)", HelpName = "SCOPES",
        CompletionSources = { "caption", "train", "admin" }, DefaultValueFactory = _ => "caption" };
    private readonly KeyStoreOptions _store = new();

    public KeysCreateCommand() : base(
        "create", "Make a key; it is shown this once, only its hash is kept",
        "captiontl keys create --name camera --scopes caption", "captiontl keys create --name anna --scopes caption,train --data "
            + "my-service")
    {
        Add(_name);
        Add(_scopes);
        _store.AddTo(this);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var (key, kept) = await store.CreateAsync(run.Get(_name)!,
            run.Get(_scopes)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), run.CancellationToken);
        run.Output.Write(new { Key = key, kept.Prefix, kept.Name, Scopes = kept.Scopes.Split(','), kept.Created }, text =>
            text.WriteLine(key));
        if (!run.Output.Json) await run.Error.WriteLineAsync("Keep it: it cannot be shown again. Send it as Authorization: Bearer KEY.");
        return ExitCode.Done;
    }
}

/// <summary>captiontl keys list.</summary>
internal sealed class KeysListCommand : CliCommand
{
    /// <param name="Prefix">The key's first characters.</param>
    /// <param name="Name">Whose it is.</param>
    /// <param name="Scopes">What it opens.</param>
    /// <param name="Created">UTC.</param>
    /// <param name="LastUsed">UTC, to the minute; null if never.</param>
    /// <param name="Revoked">UTC; null while it opens something.</param>
    private sealed record Row(string Prefix, string Name, string Scopes, DateTimeOffset Created, DateTimeOffset? LastUsed,
        DateTimeOffset? Revoked);

    private readonly KeyStoreOptions _store = new();

    public KeysListCommand() : base("list", "Show the keys: their first characters, whose they are, what they open, when they were "
        + "last used", "captiontl keys list", "captiontl keys list --data my-service --json") => _store.AddTo(this);

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var keys = await store.ListAsync(run.CancellationToken);
        run.Output.WriteTable(
            keys.Select(k => new Row(k.Prefix, k.Name, k.Scopes, k.Created, k.LastUsed, k.Revoked)),
                "no keys; captiontl keys create makes one",
            ("key", k => k.Prefix + "…"), ("name", k => k.Name), ("scopes", k => k.Scopes), ("created", k => Time(k.Created)),
            ("last used", k => k.LastUsed is { } used ? Time(used) : "never"),
                ("revoked", k => k.Revoked is { } revoked ? Time(revoked) : ""));
        return ExitCode.Done;
    }

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>captiontl keys revoke: a key opens nothing from the next request on.</summary>
internal sealed class KeysRevokeCommand : CliCommand
{
    private readonly Argument<string> _key = new("KEY") { Description = "The key's name, or its first characters as keys list "
        + "shows them" };
    private readonly KeyStoreOptions _store = new();

    public KeysRevokeCommand() : base("revoke", "Take a key back: it opens nothing from the next request on",
        "captiontl keys revoke camera")
    {
        Add(_key);
        _store.AddTo(this);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var which = run.Get(_key);
        var revoked = await store.RevokeAsync(which.TrimEnd('…'), run.CancellationToken);
        if (revoked.Count == 0)
            throw new CaptionTLException($"There is no key '{which}' that opens anything; captiontl keys list shows them.");
        run.Output.Write(new { Revoked = revoked.Select(k => k.Prefix) }, text =>
        {
            foreach (var key in revoked) text.WriteLine($"revoked {key.Prefix}… ({key.Name})");
        });
        return ExitCode.Done;
    }
}
