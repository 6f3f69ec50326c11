using System.Collections.Concurrent;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Registry;

/// <summary>The bundles that come with the program or were installed by hand, each as version 1 of its name.</summary>
/// <param name="paths">Of the bundles; those of the program and of the user when null.</param>
internal sealed class InstalledBundles(IReadOnlyList<string>? paths = null)
{
    private readonly ConcurrentDictionary<(string Path, DateTime Written), (string Task, ModelVersion Version)> _read = new();

    /// <summary>Name, task, version and path; a bundle that cannot be read is left out, since nobody can be asked about it here.</summary>
    public IReadOnlyList<(string Name, string Task, ModelVersion Version, string Path)> All
    {
        get
        {
            var all = new List<(string, string, ModelVersion, string)>();
            foreach (var path in paths ?? InstalledModels.All)
            {
                try
                {
                    var (task, version) = _read.GetOrAdd((path, File.GetLastWriteTimeUtc(path)), key => Read(key.Path));
                    all.Add((Path.GetFileNameWithoutExtension(path), task, version, path));
                }
                catch (Exception e) when (e is CaptionTLException or IOException or UnauthorizedAccessException)
                {
                    // Half copied, perhaps: it is looked at again the next time.
                }
            }
            return all;
        }
    }

    private static (string, ModelVersion) Read(string path)
    {
        using var bundle = ModelBundle.Open(path);
        var manifest = bundle.Manifest;
        return (manifest.Task, new ModelVersion(1, false, true, null, manifest.Created, manifest.Data.Name, manifest.Backbone.Weights,
            manifest.Scores?.Values, manifest.Scores?.Main, new FileInfo(path).Length));
    }
}
