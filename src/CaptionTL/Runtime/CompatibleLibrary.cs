using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using CaptionTL.IO;

namespace CaptionTL.Runtime;

/// <summary>
/// A copy of TorchSharp's native library that loads with libstdc++ from before GCC 13 (Debian 12, Ubuntu 22.04, RHEL 9). The library asks
/// for version GLIBCXX_3.4.32 because of one symbol, std::ios_base_library_init(), which does nothing but be there. In the copy another
/// function that does no harm stands in its place, with a version that GCC 4.8.2 had. Made for known files only.
/// </summary>
internal static class CompatibleLibrary
{
    public const string FileName = "libLibTorchSharp.so";

    /// <summary>What libstdc++ has from GCC 13 on.</summary>
    public const string MissingSymbol = "_ZSt21ios_base_library_initv";

    /// <summary>TorchSharp 0.107.0 for linux-x64: SHA-256 of the file, of the copy, and the changes that make one of the other.</summary>
    private static readonly (string Original, string Copy, (int Offset, byte[] Bytes)[] Changes) Known = (
        "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8",
        "d1c76253f6de1cc2f2cc18a17d0891eaeb33b4ed8fbb38ba715a5d984f799fc9",
        [
            (0x167b5, "_ZSt15get_new_handlerv\0"u8.ToArray()), // the symbol's name in .dynstr
            (0x3de66, "GLIBCXX_3.4.20"u8.ToArray()),           // the version's name in .dynstr
            (0x3fa30, [0x70, 0xf8, 0x97, 0x02]),               // its hash in .gnu.version_r
        ]);

    /// <summary>Where the copy lies: the user's own cache folder.</summary>
    public static string Folder => Path.Combine(AppFolders.Cache, "native");

    /// <summary>The path of the copy, made where it is missing or not what it should be. Processes may do so at the same time.</summary>
    /// <param name="original">TorchSharp's file.</param>
    /// <param name="folder">For the copy; others must not be able to exchange it between the check and its use.</param>
    /// <exception cref="CaptionTLException">The file is not known, or the folder is not the user's own or cannot be written.</exception>
    [UnsupportedOSPlatform("windows")]
    public static string Make(string original, string folder)
    {
        var copy = Path.Combine(folder, $"{Known.Copy[..16]}-{FileName}");
        try
        {
            PrivateFolder.Ensure(folder);
            if (File.Exists(copy) && Hash(File.ReadAllBytes(copy)) == Known.Copy) return copy;
            var bytes = File.ReadAllBytes(original);
            if (Hash(bytes) != Known.Original) throw Unknown(original);
            foreach (var (offset, change) in Known.Changes) change.CopyTo(bytes, offset);
            AtomicFile.WriteAllBytes(copy, bytes);
            return copy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptionTLException(
                "This system's libstdc++ is older than TorchSharp's native library, and a copy that works with it could " +
                $"not be written to {folder}: {e.Message} Let CAPTIONTL_HOME name a folder of yours, for it and for the caches.",
                isInput: false, e);
        }
    }

    private static CaptionTLException Unknown(string original) =>
        new($"{original} does not load with this system's libstdc++, and it is not the file of TorchSharp 0.107.0 of which a copy for " +
            "older systems can be made. Systems with the libstdc++ of GCC 13 or newer need none: Debian 13, Ubuntu 24.04, Fedora 38, " +
            "RHEL 10.",
            isInput: false);

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>
/// A folder on Linux that is this user's and that nobody else can write to, so that what lies in it can be loaded as code.
/// </summary>
internal static partial class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes it with mode 0700, or gives it that mode where others may write to it.</summary>
    /// <exception cref="CaptionTLException">It belongs to somebody else.</exception>
    /// <exception cref="IOException">It cannot be made, or is a link, which leads where others may write.</exception>
    [UnsupportedOSPlatform("windows")]
    public static void Ensure(string folder) => Ensure(folder, UserId());

    /// <param name="folder">Its parents are made too.</param>
    /// <param name="user">Numeric id.</param>
    [UnsupportedOSPlatform("windows")]
    internal static void Ensure(string folder, uint user)
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        if (new DirectoryInfo(folder).LinkTarget is { } target) throw new IOException($"It is a link, to {target}.");
        var owner = Owner(folder);
        if (owner != user)
        {
            throw new CaptionTLException($"{folder} belongs to another user (id {owner}, not {user}), who could put anything there. " +
                "Remove it, or let CAPTIONTL_HOME name a folder of yours.", isInput: false);
        }
        if (File.GetUnixFileMode(folder) != OwnerOnly) File.SetUnixFileMode(folder, OwnerOnly);
    }

    // .NET tells modes, not owners. The layout of struct statx is the same on all processors: the owner's id stands at byte 20.
    private static unsafe uint Owner(string folder)
    {
        const int RelativeToCurrent = -100, DoNotFollowLinks = 0x100, OwnerWanted = 8, Size = 256, OwnerAt = 20;
        var status = stackalloc byte[Size];
        if (Status(RelativeToCurrent, folder, DoNotFollowLinks, OwnerWanted, status) != 0)
            throw new IOException($"The owner of {folder} is not known: {Marshal.GetLastPInvokeErrorMessage()}.");
        return *(uint*)(status + OwnerAt);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Status(int folder, string path, int flags, uint wanted, byte* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();
}
