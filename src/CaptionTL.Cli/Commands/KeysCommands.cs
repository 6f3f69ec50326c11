using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl keys …</summary>
internal sealed class KeysCommand : CommandGroup
{
    public KeysCommand() : base("keys", "API keys of the service, which requests from other machines need")
    {
        Add(new KeysCreateCommand());
        Add(new KeysListCommand());
        Add(new KeysRevokeCommand());
    }
}

/// <summary>The options that say which service's keys: that of a data folder, or of a PostgreSQL database.</summary>
internal sealed class KeyStoreSettings
{
    private readonly DataFolderOption _data = new();
    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description = "Connection string, if the service keeps its tables in PostgreSQL", HelpName = "CONNECTION",
    };

    public IEnumerable<Option> Options => [_data, _postgres];

    public Task<ApiKeyStore> OpenAsync(CommandRun run)
    {
        var storage = new StorageOptions();
        if (run.Get(_postgres) is { } connection)
            (storage.Provider, storage.ConnectionString) = (StorageProvider.PostgreSql, connection);
        return ApiKeyStore.OpenAsync(_data.Resolve(run), storage, run.CancellationToken);
    }
}

/// <summary>captiontl keys create: a new key, shown once.</summary>
internal sealed class KeysCreateCommand : CliCommand
{
    private readonly Option<string> _name = new("--name")
    {
        Description = "Who or what the key is for; jobs and changes are recorded under this name", HelpName = "NAME", Required = true,
    };
    private readonly Option<string> _scopes = new("--scopes")
    {
        Description = "What the key allows, separated by commas: caption (use models), train (data sets, jobs, pages), admin (everything)",
        HelpName = "SCOPES", CompletionSources = { "caption", "train", "admin" }, DefaultValueFactory = _ => "caption",
    };
    private readonly KeyStoreSettings _store = new();

    public KeysCreateCommand() : base(
        "create", "Create a key; it is shown only once, because only its hash is kept",
        "captiontl keys create --name camera --scopes caption",
        "captiontl keys create --name anna --scopes caption,train --data my-service") =>
        Accept([_name, _scopes, .. _store.Options]);

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var scopes = run.Get(_scopes)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var (key, kept) = await store.CreateAsync(run.Get(_name)!, scopes, run.CancellationToken);
        run.Output.Write(
            new { Key = key, kept.Prefix, kept.Name, Scopes = kept.Scopes.Split(','), kept.Created }, text => text.WriteLine(key));
        if (!run.Output.Json)
            await run.Error.WriteLineAsync("Keep it: it cannot be shown again. Send it as the header Authorization: Bearer KEY.");
        return ExitCode.Done;
    }
}

/// <summary>captiontl keys list.</summary>
internal sealed class KeysListCommand : CliCommand
{
    /// <param name="Prefix">The key's first characters.</param>
    /// <param name="Name">Who or what it is for.</param>
    /// <param name="Scopes">What it allows.</param>
    /// <param name="Created">UTC.</param>
    /// <param name="LastUsed">UTC, to the minute; null if never.</param>
    /// <param name="Revoked">UTC; null while it is valid.</param>
    private sealed record Row(string Prefix, string Name, string Scopes, DateTimeOffset Created, DateTimeOffset? LastUsed,
        DateTimeOffset? Revoked);

    private readonly KeyStoreSettings _store = new();

    public KeysListCommand() : base(
        "list", "List the keys: their first characters, names, scopes, and when they were created and last used",
        "captiontl keys list",
        "captiontl keys list --data my-service --json") => Accept(_store.Options);

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var keys = await store.ListAsync(run.CancellationToken);
        run.Output.WriteTable(
            keys.Select(k => new Row(k.Prefix, k.Name, k.Scopes, k.Created, k.LastUsed, k.Revoked)),
            "no keys; captiontl keys create makes one",
            ("key", k => k.Prefix + "…"),
            ("name", k => k.Name),
            ("scopes", k => k.Scopes),
            ("created", k => Units.LocalTime(k.Created)),
            ("last used", k => k.LastUsed is { } used ? Units.LocalTime(used) : "never"),
            ("revoked", k => k.Revoked is { } revoked ? Units.LocalTime(revoked) : ""));
        return ExitCode.Done;
    }
}

/// <summary>captiontl keys revoke: a key is refused from the next request on.</summary>
internal sealed class KeysRevokeCommand : CliCommand
{
    private readonly Argument<string> _key = new("KEY")
    {
        Description = "The key's name, or its first characters as 'captiontl keys list' shows them",
    };
    private readonly KeyStoreSettings _store = new();

    public KeysRevokeCommand() : base(
        "revoke", "Revoke a key: it is refused from the next request on",
        "captiontl keys revoke camera") => Accept([_key, .. _store.Options]);

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var key = run.Get(_key);
        var revoked = await store.RevokeAsync(key.TrimEnd('…'), run.CancellationToken);
        if (revoked.Count == 0)
            throw new CaptionTLException($"There is no valid key '{key}'; 'captiontl keys list' shows the keys.");
        run.Output.Write(new { Revoked = revoked.Select(k => k.Prefix) }, text =>
        {
            foreach (var key in revoked) text.WriteLine($"revoked {key.Prefix}… ({key.Name})");
        });
        return ExitCode.Done;
    }
}
