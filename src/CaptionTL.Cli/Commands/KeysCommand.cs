namespace CaptionTL.Cli.Commands;

/// <summary>captiontl keys …</summary>
internal sealed class KeysCommand : CommandGroup
{
    public KeysCommand() : base("keys", "API keys of the service: needed by whoever reaches it from another machine")
    {
        Add(new KeysCreateCommand());
        Add(new KeysListCommand());
        Add(new KeysRevokeCommand());
    }
}
