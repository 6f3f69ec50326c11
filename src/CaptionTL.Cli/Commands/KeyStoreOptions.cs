using System.CommandLine;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;

namespace CaptionTL.Cli.Commands;

/// <summary>Which service's keys: that of a data folder, or of a PostgreSQL data base.</summary>
internal sealed class KeyStoreOptions
{
    private readonly DataFolderOption _data = new();
    private readonly Option<string?> _postgres = new("--postgres") { Description = "Connection string, where the service keeps its tables in PostgreSQL", HelpName = "CONNECTION" };

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_postgres);
    }

    public Task<ApiKeyStore> OpenAsync(CommandRun run)
    {
        var storage = run.Get(_postgres) is { } connection ? new StorageOptions { Provider = StorageProvider.PostgreSql, ConnectionString = connection } : new StorageOptions();
        return ApiKeyStore.OpenAsync(_data.Resolve(run), storage, run.CancellationToken);
    }
}
