using System.Runtime.CompilerServices;
using CaptionTL.Runtime;

namespace CaptionTL.Tests.Runtime;

/// <summary>Some tests make tensors before they use the library.</summary>
internal static class EngineSetup
{
    [ModuleInitializer]
    public static void Prepare() => NativeStartup.Prepare();
}
