namespace CaptionTL.Tests;

/// <summary>Tests that use what libtorch has once in a process: the random generator and the count of live tensors.</summary>
[CollectionDefinition(nameof(TorchCollection), DisableParallelization = true)]
public static class TorchCollection;
