using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Hosting;

/// <summary>Why a host did not start, for the person who started it.</summary>
internal static class StartFailure
{
    /// <returns>Null where it is a fault of the program.</returns>
    public static string? Explain(Exception e) => e switch
    {
        CaptionTLException failure => failure.Message,
        OptionsValidationException invalid => string.Join(" ", invalid.Failures),
        IOException { InnerException: AddressInUseException } => $"{e.Message.TrimEnd('.')}. Another program listens there, perhaps another captiontl: stop it, or choose another port with --urls http://127.0.0.1:PORT.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "the address may not be listened on: ports below 1024 are for the superuser. Choose another port with --urls http://127.0.0.1:PORT.",
        SocketException or IOException { InnerException: SocketException } => $"the address cannot be listened on: {e.Message} Choose another one with --urls http://ADDRESS:PORT.",
        FormatException or InvalidDataException => $"the configuration cannot be read: {e.Message}",
        InvalidOperationException when e.Message.Contains("url", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("configuration", StringComparison.OrdinalIgnoreCase) => $"the configuration cannot be used: {e.Message}",
        IOException or UnauthorizedAccessException => e.Message,
        _ => null,
    };
}
