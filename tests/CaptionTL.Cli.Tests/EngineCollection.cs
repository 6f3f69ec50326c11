namespace CaptionTL.Cli.Tests;

/// <summary>Tests that run networks: one after another, since libtorch's random generator is one for the process.</summary>
[CollectionDefinition(nameof(EngineCollection), DisableParallelization = true)]
public static class EngineCollection;
