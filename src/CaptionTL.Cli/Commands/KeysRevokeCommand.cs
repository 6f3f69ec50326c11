using System.CommandLine;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl keys revoke: a key opens nothing from the next request on.</summary>
internal sealed class KeysRevokeCommand : CliCommand
{
    private readonly Argument<string> _key = new("KEY") { Description = "The key's name, or its first characters as keys list shows them" };
    private readonly KeyStoreOptions _store = new();

    public KeysRevokeCommand() : base("revoke", "Take a key back: it opens nothing from the next request on", "captiontl keys revoke camera")
    {
        Add(_key);
        _store.AddTo(this);
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        var store = await _store.OpenAsync(run);
        var which = run.Get(_key);
        var revoked = await store.RevokeAsync(which.TrimEnd('…'), run.CancellationToken);
        if (revoked.Count == 0) throw new CaptionTLException($"There is no key '{which}' that opens anything; captiontl keys list shows them.");
        run.Output.Write(new { Revoked = revoked.Select(k => k.Prefix) }, text =>
        {
            foreach (var key in revoked) text.WriteLine($"revoked {key.Prefix}… ({key.Name})");
        });
        return ExitCode.Done;
    }
}
