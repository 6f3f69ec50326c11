namespace CaptionTL.Service.Storage;

/// <summary>Where the service's tables lie; section "CaptionTL:Storage".</summary>
public sealed class StorageOptions
{
    public const string Section = ServiceOptions.Section + ":Storage";

    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>For PostgreSQL; SQLite's file lies in the data folder unless set.</summary>
    public string? ConnectionString { get; set; }

    /// <exception cref="CaptionTLException">It is missing.</exception>
    internal string PostgreSql => ConnectionString ?? throw new CaptionTLException($"{Section}:{nameof(ConnectionString)} is missing: PostgreSQL needs one.");
}
