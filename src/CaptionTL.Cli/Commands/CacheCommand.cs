namespace CaptionTL.Cli.Commands;

/// <summary>captiontl cache …</summary>
internal sealed class CacheCommand : CommandGroup
{
    public CacheCommand() : base("cache", "Embeddings kept on disk: what there is, whether it is whole, making room")
    {
        Add(new CacheListCommand());
        Add(new CacheVerifyCommand());
        Add(new CachePruneCommand());
    }
}
