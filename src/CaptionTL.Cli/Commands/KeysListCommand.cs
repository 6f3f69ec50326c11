using System.Globalization;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl keys list.</summary>
internal sealed class KeysListCommand : CliCommand
{
    /// <param name="Prefix">The key's first characters.</param>
    /// <param name="Name">Whose it is.</param>
    /// <param name="Scopes">What it opens.</param>
    /// <param name="Created">UTC.</param>
    /// <param name="LastUsed">UTC, to the minute; null if never.</param>
    /// <param name="Revoked">UTC; null while it opens something.</param>
    private sealed record Row(string Prefix, string Name, string Scopes, DateTimeOffset Created, DateTimeOffset? LastUsed, DateTimeOffset? Revoked);

    private readonly KeyStoreOptions _store = new();

    public KeysListCommand() : base("list", "Show the keys: their first characters, whose they are, what they open, when they were last used", "captiontl keys list", "captiontl keys list --data my-service --json") => _store.AddTo(this);

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var keys = await store.ListAsync(run.CancellationToken);
        run.Output.WriteTable(
            keys.Select(k => new Row(k.Prefix, k.Name, k.Scopes, k.Created, k.LastUsed, k.Revoked)), "no keys; captiontl keys create makes one",
            ("key", k => k.Prefix + "…"), ("name", k => k.Name), ("scopes", k => k.Scopes), ("created", k => Time(k.Created)),
            ("last used", k => k.LastUsed is { } used ? Time(used) : "never"), ("revoked", k => k.Revoked is { } revoked ? Time(revoked) : ""));
        return ExitCode.Done;
    }

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
