using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CaptionTL.Service.Api;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Security;

/// <summary>The API keys in the database. A revoked key is refused from the next request on.</summary>
public sealed class ApiKeyStore(IDbContextFactory<ServiceDb> databases, TimeProvider clock)
{
    /// <summary>The time of the last use is stored at most this often.</summary>
    private static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _stored = new(StringComparer.Ordinal);

    /// <summary>The keys of a service that need not be running, for the command line. Missing tables are created.</summary>
    public static async Task<ApiKeyStore> OpenAsync(ServiceOptions service, StorageOptions storage,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        Hosting.DataFolder.Check(service.In());
        var options = new DbContextOptionsBuilder<ServiceDb>();
        StorageRegistration.Use(options, service, storage);
        var databases = new Factory(options.Options);
        await using var database = databases.CreateDbContext();
        await database.Database.MigrateAsync(cancellation);
        return new ApiKeyStore(databases, TimeProvider.System);
    }

    /// <param name="name">Owner of the key; 1 to 64 characters.</param>
    /// <param name="scopes">Of <see cref="ApiScope"/>.</param>
    /// <returns>The key, which cannot be shown again, and its stored record.</returns>
    /// <exception cref="CaptionTLException">The name is missing or in use, or a scope is unknown.</exception>
    public async Task<(string Key, ApiKey Kept)> CreateAsync(string name, IReadOnlyCollection<string> scopes,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(scopes);
        if (name.Length is 0 or > 64 || name.Any(char.IsControl) || name.StartsWith(KeyText.Start, StringComparison.Ordinal))
            throw new CaptionTLException($"A key's name has 1 to 64 characters in one line and does not begin with {KeyText.Start}; it "
                + "names the owner.");
        if (scopes.Count == 0 || scopes.FirstOrDefault(s => !ApiScope.All.Contains(s)) is not null)
            throw new CaptionTLException($"Scopes are {string.Join(", ", ApiScope.All)}; got '{string.Join(",", scopes)}'.");
        await using var database = await databases.CreateDbContextAsync(cancellation);
        if (await database.Set<ApiKey>().AnyAsync(k => k.Name == name && k.Revoked == null, cancellation))
            throw new CaptionTLException($"The key '{name}' already exists; revoke it first, or choose another name.");
        var key = KeyText.Create();
        var kept = new ApiKey { Prefix = KeyText.PrefixOf(key), Name = name, Hash = KeyText.Hash(key),
            Scopes = string.Join(',', ApiScope.All.Where(scopes.Contains)), Created = clock.GetUtcNow() };
        database.Add(kept);
        await database.SaveChangesAsync(cancellation);
        return (key, kept);
    }

    /// <summary>All keys, the oldest first, including revoked ones.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellation = default)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var keys = await database.Set<ApiKey>().AsNoTracking().ToListAsync(cancellation);
        return [.. keys.OrderBy(k => k.Created)]; // here: SQLite cannot order by times with an offset
    }

    /// <param name="which">A name or a prefix.</param>
    /// <returns>The keys that were revoked; empty where no valid key matches.</returns>
    public async Task<IReadOnlyList<ApiKey>> RevokeAsync(string which, CancellationToken cancellation = default)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var keys = await database.Set<ApiKey>().AsNoTracking().Where(k => (k.Name == which || k.Prefix == which) && k.Revoked == null)
            .ToListAsync(cancellation);
        foreach (var prefix in keys.Select(k => k.Prefix))
            await database.Set<ApiKey>().Where(k => k.Prefix == prefix)
                .ExecuteUpdateAsync(set => set.SetProperty(k => k.Revoked, now), cancellation);
        return keys;
    }

    /// <summary>Whether there is any valid key.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellation = default)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Set<ApiKey>().AnyAsync(k => k.Revoked == null, cancellation);
    }

    /// <summary>The valid key with this text, or null. Compares in constant time.</summary>
    public async Task<ApiKey?> FindAsync(string? text, CancellationToken cancellation = default)
    {
        if (!KeyText.IsKey(text)) return null;
        var prefix = KeyText.PrefixOf(text!);
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var key = await database.Set<ApiKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Prefix == prefix, cancellation);
        var same = CryptographicOperations.FixedTimeEquals(KeyText.Hash(text!), key?.Hash ?? new byte[SHA256.HashSizeInBytes]);
        if (key is null || !same || key.Revoked is not null) return null;
        await StoreUseAsync(database, prefix, cancellation);
        return key;
    }

    /// <summary>Whether the key with this prefix is still valid; counts as a use of it.</summary>
    public async Task<bool> UseAsync(string prefix, CancellationToken cancellation = default)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        if (!await database.Set<ApiKey>().AnyAsync(k => k.Prefix == prefix && k.Revoked == null, cancellation)) return false;
        await StoreUseAsync(database, prefix, cancellation);
        return true;
    }

    private async Task StoreUseAsync(ServiceDb database, string prefix, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (_stored.TryGetValue(prefix, out var last) && now - last < UseInterval) return;
        _stored[prefix] = now;
        await database.Set<ApiKey>().Where(k => k.Prefix == prefix)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsed, now), cancellation);
    }

    private sealed class Factory(DbContextOptions<ServiceDb> options) : IDbContextFactory<ServiceDb>
    {
        public ServiceDb CreateDbContext() => new(options);
    }
}

/// <summary>
/// An API key as it is stored. The key itself is shown once; only its hash is kept. 256 random bits need no slow hash.
/// </summary>
public sealed class ApiKey
{
    /// <summary>The first characters of the key, by which it is found and shown.</summary>
    public required string Prefix { get; init; }

    /// <summary>Owner; recorded with jobs and changes.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Values of <see cref="ApiScope"/>, separated by commas.</summary>
    public required string Scopes { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>When it was revoked; null while it is valid.</summary>
    public DateTimeOffset? Revoked { get; init; }
}

/// <summary>Columns of <see cref="ApiKey"/>.</summary>
internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("ApiKeys").HasKey(k => k.Prefix);
        builder.Property(k => k.Prefix).HasMaxLength(32);
        builder.Property(k => k.Name).HasMaxLength(64);
        builder.Property(k => k.Hash).HasMaxLength(32);
        builder.Property(k => k.Scopes).HasMaxLength(64);
    }
}

/// <summary>Format of a key: "captiontl_" and 256 random bits in base64url.</summary>
internal static class KeyText
{
    public const string Start = "captiontl_";

    private const int RandomBytes = 32;
    private const int ShownCharacters = 8;

    private static readonly int Length = Start.Length + Base64Url.GetEncodedLength(RandomBytes);

    public static string Create() => Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The part that may be shown; 48 of the 256 bits.</summary>
    public static string PrefixOf(string key) => key[..(Start.Length + ShownCharacters)];

    /// <summary>Whether a text has the format of a key.</summary>
    public static bool IsKey(string? text) => text?.Length == Length && text.StartsWith(Start, StringComparison.Ordinal);

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
