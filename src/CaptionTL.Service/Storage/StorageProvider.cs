namespace CaptionTL.Service.Storage;

/// <summary>Data bases that the service can keep its tables in.</summary>
public enum StorageProvider
{
    /// <summary>A file in the data folder; one machine.</summary>
    Sqlite,

    /// <summary>For several machines that share the work.</summary>
    PostgreSql,
}
