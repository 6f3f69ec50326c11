using System.CommandLine;
using CaptionTL.Embeddings;
using CaptionTL.IO;

namespace CaptionTL.Cli.Commands;

/// <summary>--cache FOLDER, for every command that uses the embedding cache.</summary>
internal sealed class CacheFolderOption : Option<string?>
{
    public CacheFolderOption() : base("--cache")
    {
        Description = "Folder of the embedding cache (otherwise in CAPTIONTL_HOME or the user's cache folder)";
        HelpName = "FOLDER";
    }

    /// <summary>Opens the cache; the folder is made where it is missing.</summary>
    public EmbeddingCache Open(CommandRun run) => EmbeddingCache.Open(run.Get(this) ?? AppFolders.Embeddings);

    /// <summary>Opens a cache that is to be looked at: a folder that someone named must be there.</summary>
    public EmbeddingCache OpenExisting(CommandRun run)
    {
        if (run.Get(this) is { } folder && !Directory.Exists(folder)) throw new CaptionTLException($"{folder}: no such folder");
        return Open(run);
    }
}
