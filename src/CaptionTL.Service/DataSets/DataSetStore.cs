using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using CaptionTL.Datasets;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.DataSets;

/// <summary>
/// The data sets of the data folder. Readers see whole versions; changes of one data set come one after the other, also where several
/// services share the folder.
/// </summary>
internal sealed class DataSetStore(IOptions<ServiceOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly string _root = options.Value.In("datasets");
    private readonly ConcurrentDictionary<string, (long Stamp, DataSetSnapshot Snapshot)> _loaded = new(StringComparer.Ordinal);

    public string StagingRoot => Path.Combine(_root, ".staging");

    public IEnumerable<string> Names => !Directory.Exists(_root) ? [] :
        Directory.EnumerateDirectories(_root).Select(f => Path.GetFileName(f)).Where(n => DataSetName.IsValid(n) && Exists(n))
            .Order(StringComparer.Ordinal);

    public bool Exists(string name) => DataSetName.IsValid(name) && File.Exists(Files(name).StateFile);

    /// <summary>
    /// What the library's data set readers and the command line's --data take: the version's file, beside its images. A version's file
    /// never changes.
    /// </summary>
    /// <param name="name">"flowers" (as it is now) or "flowers@3".</param>
    /// <exception cref="ApiException">There is no such data set or version.</exception>
    public string PathOf(string name)
    {
        var (plain, version) = DataSetName.Parse(name);
        var newest = VersionOf(plain);
        var files = Files(plain);
        if (version is null) return files.Version(newest);
        return version >= 1 && version <= newest
            ? files.Version(version.Value)
            : throw ApiException.NotFound($"The data set '{plain}' has no version {version}.", $"Its versions are 1 to {newest}.");
    }

    /// <summary>The newest version; to be recorded with what is made of it ("flowers@3").</summary>
    /// <exception cref="ApiException">There is no such data set.</exception>
    public int VersionOf(string name) => Get(name).State.Version;

    /// <summary>The folder of a name that has been checked.</summary>
    public DataSetFiles Files(string name) => new(Path.Combine(_root, name));

    /// <exception cref="ApiException">There is no such data set.</exception>
    public DataSetSnapshot Get(string name)
    {
        if (!Exists(name)) throw Missing(name);
        try
        {
            var files = Files(name);
            var state = new FileInfo(files.StateFile);
            var stamp = HashCode.Combine(state.LastWriteTimeUtc.Ticks, state.Length);
            if (_loaded.TryGetValue(name, out var known) && known.Stamp == stamp) return known.Snapshot;
            var snapshot = files.Load();
            _loaded[name] = (stamp, snapshot);
            return snapshot;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(name); // deleted meanwhile
        }
    }

    /// <summary>Gives images that were taken into a staging folder their name, as version 1.</summary>
    /// <exception cref="ApiException">The name is taken.</exception>
    public DataSetSnapshot Create(string name, DataSetKind kind, ImageIntake intake, string? by)
    {
        var files = new DataSetFiles(intake.Folder);
        var change = new DataSetChange(1, clock.GetUtcNow(), FormattableString.Invariant($"made with {Images(intake.Rows.Count)}"), by);
        var snapshot = new DataSetSnapshot(new DataSetState(name, kind, 1, intake.Rows.Count + 1, [change], intake.LeftOut), intake.Rows);
        files.Save(snapshot);
        using (Turn(name))
        {
            if (Exists(name)) throw Taken(name);
            // without a state it is nobody's
            if (Directory.Exists(Files(name).Folder)) Directory.Delete(Files(name).Folder, recursive: true);
            Directory.Move(files.Folder, Files(name).Folder);
        }
        return Get(name);
    }

    /// <summary>Adds images; they get ids of their own.</summary>
    /// <param name="name">Of the data set.</param>
    /// <param name="intake">What came; its files are moved.</param>
    /// <param name="what">For the list of changes.</param>
    /// <param name="by">Name of the key, if any.</param>
    public (DataSetSnapshot After, IReadOnlyList<ImageRow> Added) Add(string name, ImageIntake intake, string what, string? by)
    {
        List<ImageRow> added = [];
        var after = Change(name, what, by, before =>
        {
            var (files, next) = (Files(name), before.State.NextImage);
            var split = before.Rows.Any(r => r.Split is not null) ? CaptionTL.Datasets.Split.Train : (CaptionTL.Datasets.Split?)null;
            foreach (var row in intake.Rows)
            {
                var placed = row with { Id = next, File = ImageRow.FileOf(next, Path.GetExtension(row.File)),
                    Split = row.Split ?? split };
                File.Move(Path.Combine(intake.Folder, row.File), files.Image(placed), overwrite: true);
                added.Add(placed);
                next++;
            }
            return before with { State = before.State with { NextImage = next, LeftOut = [.. before.State.LeftOut, .. intake.LeftOut] },
                Rows = [.. before.Rows, .. added] };
        });
        return (after, added);
    }

    /// <summary>Makes the next version. What <paramref name="change"/> throws leaves the data set as it was.</summary>
    public DataSetSnapshot Change(string name, string what, string? by, Func<DataSetSnapshot, DataSetSnapshot> change)
    {
        if (!Exists(name)) throw Missing(name);
        using var turn = Turn(name);
        var before = Get(name);
        var after = change(before);
        if (ReferenceEquals(after, before)) return before;
        var version = before.State.Version + 1;
        var next = after with { State = after.State with { Version = version,
            Changes = [.. before.State.Changes, new DataSetChange(version, clock.GetUtcNow(), what, by)] } };
        Files(name).Save(next);
        _loaded.TryRemove(name, out _);
        return next;
    }

    public void Delete(string name)
    {
        if (!Exists(name)) throw Missing(name);
        using var trash = new StagingFolder(StagingRoot);
        using (Turn(name))
        {
            if (!Exists(name)) throw Missing(name);
            Directory.Move(Files(name).Folder, trash.In("set")); // at once; removing the files takes its time
            _loaded.TryRemove(name, out _);
        }
    }

    public static ApiException Taken(string name) => new(409, "data_set_exists", $"There is a data set '{name}' already.",
        "Choose another name, add images to it with POST …/images, or delete it first.");

    public static string Images(int count) => count == 1 ? "1 image" : FormattableString.Invariant($"{count} images");

    private static ApiException Missing(string name) =>
        ApiException.NotFound($"There is no data set '{(DataSetName.IsValid(name) ? name : "of this name")}'.",
            "GET /api/v1/datasets lists them.");

    // A lock file, which the system releases however its holder ends. It lies beside the data sets, whose folders come and go.
    private FileStream Turn(string name)
    {
        var path = Path.Combine(_root, ".locks", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; Thread.Sleep(Look))
            if (FileLock.TryExclusive(path) is { } turn) return turn;
        throw new ApiException(503, "data_set_busy", $"The data set '{name}' is being changed by another service.",
            "Try again in a moment; if this persists, one of the services on this data folder hangs.") { RetryAfter = 5 };
    }
}

/// <summary>
/// A data set's dataset.json. Replacing it is what makes a change count: a version's file without an entry here is left over from a crash.
/// </summary>
/// <param name="Name">Also the folder's.</param>
/// <param name="Kind">What is known of its images.</param>
/// <param name="Version">The newest.</param>
/// <param name="NextImage">Ids are never used again.</param>
/// <param name="Changes">The oldest first.</param>
/// <param name="LeftOut">What of uploads was left out, the newest last.</param>
internal sealed record DataSetState(
    string Name, DataSetKind Kind, int Version, [property: JsonPropertyName("nextPicture")] int NextImage,
    IReadOnlyList<DataSetChange> Changes, IReadOnlyList<DatasetProblem> LeftOut);

/// <summary>Names of data sets: chosen by people, used as folders, hence few characters.</summary>
internal static partial class DataSetName
{
    /// <summary>Words that stand for something else in the API's addresses.</summary>
    private static readonly string[] Taken = ["uploads"];

    /// <exception cref="ApiException">No name, or one with other characters.</exception>
    public static string Check(string? name) => name is not null && IsValid(name)
        ? name
        : throw ApiException.Invalid(string.IsNullOrEmpty(name) ? "The data set has no name." : "This cannot be the name of a data set.",
            "Names have up to 64 of the characters a-z, 0-9, dot, hyphen and underscore, and begin and end with a letter or digit: "
                + "flowers-2026.");

    public static bool IsValid(string name) => Pattern().IsMatch(name) && !Taken.Contains(name);

    /// <summary>"flowers@3" as "flowers" and 3; no version where none is named.</summary>
    public static (string Name, int? Version) Parse(string reference)
    {
        var at = reference.LastIndexOf('@');
        if (at < 0) return (reference, null);
        return int.TryParse(reference.AsSpan(at + 1), System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out var version)
            ? (reference[..at], version)
            : (reference, null);
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
