using CaptionTL.Service.Storage;
using CaptionTL.Tests;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CaptionTL.Service.Tests.Storage;

/// <summary>Migrations are written by hand: what they make is what the model says.</summary>
public sealed class MigratedSchemaTests
{
    [Fact]
    public async Task Migrations_AllApplied_GiveTheModelsTables()
    {
        using var folder = new TemporaryFolder();
        await using var migrated = Open(Path.Combine(folder.Path, "migrated.db"));
        await using var created = Open(Path.Combine(folder.Path, "created.db"));
        await migrated.Database.MigrateAsync();
        await created.Database.EnsureCreatedAsync();

        var expected = Describe(created);

        expected.ShouldNotBeEmpty();
        Describe(migrated).ShouldBe(expected);
    }

    private static ServiceDb Open(string path)
    {
        var builder = new DbContextOptionsBuilder<ServiceDb>();
        StorageRegistration.Use(builder, new ServiceOptions(),
            new StorageOptions { ConnectionString = $"Data Source={path};Pooling=False" });
        return new ServiceDb(builder.Options);
    }

    /// <summary>Columns, keys and indices, a line each.</summary>
    private static List<string> Describe(ServiceDb database)
    {
        var connection = (SqliteConnection)database.Database.GetDbConnection();
        connection.Open();
        var lines = new List<string>();
        foreach (var table in Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE "
            + "'\\_\\_EF%' ESCAPE '\\'"))
        {
            lines.AddRange(Query($"SELECT '{table}.' || name || ' ' || type || ' ' || \"notnull\" || ' key ' || pk FROM "
                + $"pragma_table_info('{table}')"));
            lines.AddRange(Query($"SELECT '{table} refers to ' || \"table\" || '.' || \"to\" || ' by ' || \"from\" || ' ' || on_delete "
                + $"FROM pragma_foreign_key_list('{table}')"));
            lines.AddRange(Query($"SELECT '{table} index ' || l.name || ' ' || l.\"unique\" || ' ' || i.name FROM "
                + $"pragma_index_list('{table}') l, pragma_index_info(l.name) i WHERE l.origin <> 'pk'"));
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;

        List<string> Query(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var found = new List<string>();
            while (reader.Read()) found.Add(reader.GetString(0));
            return found;
        }
    }
}
