using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace CaptionTL.Runtime;

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
