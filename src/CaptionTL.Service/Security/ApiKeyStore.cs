using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CaptionTL.Service.Api;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CaptionTL.Service.Security;

/// <summary>The keys in the data base. Revoking counts with the next request.</summary>
public sealed class ApiKeyStore(IDbContextFactory<ServiceDb> databases, TimeProvider clock)
{
    private static readonly string[] AllScopes = [ApiScope.Caption, ApiScope.Train, ApiScope.Admin];
    private static readonly TimeSpan UseIsNoted = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);

    /// <summary>The keys of a service that need not run: for the command line. The tables are made where they are missing.</summary>
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

    /// <param name="name">Whose it is; 1 to 64 characters.</param>
    /// <param name="scopes">Of <see cref="ApiScope"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The key, which cannot be shown again, and what is kept of it.</returns>
    /// <exception cref="CaptionTLException">No name, one in use, or unknown scopes.</exception>
    public async Task<(string Key, ApiKey Kept)> CreateAsync(string name, IReadOnlyCollection<string> scopes,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(scopes);
        if (name.Length is 0 or > 64 || name.Any(char.IsControl) || name.StartsWith(KeyText.Start, StringComparison.Ordinal))
            throw new CaptionTLException($"A key's name has 1 to 64 characters in one line and does not begin with {KeyText.Start}: it "
                + $"says whose the key is.");
        if (scopes.Count == 0 || scopes.FirstOrDefault(s => !AllScopes.Contains(s)) is not null)
            throw new CaptionTLException($"Scopes are {string.Join(", ", AllScopes)}; got '{string.Join(",", scopes)}'.");
        await using var database = await databases.CreateDbContextAsync(cancellation);
        if (await database.Set<ApiKey>().AnyAsync(k => k.Name == name && k.Revoked == null, cancellation))
            throw new CaptionTLException($"There is a key '{name}' already; revoke it first, or choose another name.");
        var key = KeyText.Create();
        var kept = new ApiKey { Prefix = KeyText.PrefixOf(key), Name = name, Hash = KeyText.Hash(key),
            Scopes = string.Join(',', AllScopes.Where(scopes.Contains)), Created = clock.GetUtcNow() };
        database.Add(kept);
        await database.SaveChangesAsync(cancellation);
        return (key, kept);
    }

    /// <summary>All keys, the oldest first, revoked ones too.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellation = default)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var keys = await database.Set<ApiKey>().AsNoTracking().ToListAsync(cancellation);
        return [.. keys.OrderBy(k => k.Created)]; // here: SQLite cannot order by times with an offset
    }

    /// <param name="which">A name or a prefix.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The keys that were revoked; none where there is none that opens anything.</returns>
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

    /// <summary>Whether any key opens anything.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellation = default)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        return await database.Set<ApiKey>().AnyAsync(k => k.Revoked == null, cancellation);
    }

    /// <summary>The key that a text is, or null. How long it takes does not depend on how much of it is right.</summary>
    public async Task<ApiKey?> FindAsync(string? text, CancellationToken cancellation = default)
    {
        if (!KeyText.IsKey(text)) return null;
        var prefix = KeyText.PrefixOf(text!);
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var key = await database.Set<ApiKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Prefix == prefix, cancellation);
        var same = CryptographicOperations.FixedTimeEquals(KeyText.Hash(text!), key?.Hash ?? new byte[SHA256.HashSizeInBytes]);
        if (key is null || !same || key.Revoked is not null) return null;
        await NoteUseAsync(database, prefix, cancellation);
        return key;
    }

    private async Task NoteUseAsync(ServiceDb database, string prefix, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (_noted.TryGetValue(prefix, out var last) && now - last < UseIsNoted) return;
        _noted[prefix] = now;
        await database.Set<ApiKey>().Where(k => k.Prefix == prefix)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsed, now), cancellation);
    }

    private sealed class Factory(DbContextOptions<ServiceDb> options) : IDbContextFactory<ServiceDb>
    {
        public ServiceDb CreateDbContext() => new(options);
    }
}

/// <summary>
/// A key that lets programs in. The key itself is shown once and not kept, only its hash: 256 random bits need no slow hash.
/// </summary>
public sealed class ApiKey
{
    /// <summary>The key's first characters, by which it is found and shown.</summary>
    public required string Prefix { get; init; }

    /// <summary>Whose it is; jobs and changes are recorded with it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Of <see cref="Api.ApiScope"/>, separated by commas.</summary>
    public required string Scopes { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>Since then it opens nothing.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Whether it opens what asks for a scope; admin opens all.</summary>
    public bool Allows(string scope) => Scopes.Split(',') is var scopes && (scopes.Contains(scope) || scopes.Contains(Api.ApiScope.Admin));
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

/// <summary>How a key looks: "captiontl_" and 256 random bits in base64url.</summary>
internal static class KeyText
{
    public const string Start = "captiontl_";

    private const int RandomBytes = 32;
    private const int ShownCharacters = 8;

    private static readonly int Length = Start.Length + Base64Url.GetEncodedLength(RandomBytes);

    public static string Create() => Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>What may be shown; 48 of the 256 bits.</summary>
    public static string PrefixOf(string key) => key[..(Start.Length + ShownCharacters)];

    /// <summary>Whether it is worth looking for.</summary>
    public static bool IsKey(string? text) => text?.Length == Length && text.StartsWith(Start, StringComparison.Ordinal);

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
