using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ZeptAdmin.Linux;

public sealed partial class LiveFileTree
{
    private const UnixFileMode NewFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int AT_FDCWD = -100;
    private const uint STATX_TYPE = 0x1;
    private const uint STATX_UID_GID = 0x18;
    private const int S_IFMT = 0xF000;
    private const int S_IFREG = 0x8000;
    private const int S_IFDIR = 0x4000;

    // struct statx of linux/stat.h, the same on all architectures: 256 bytes, stx_uid at 20, stx_gid at 24, stx_mode (16 bits) at 28.
    private const int StatxLength = 256;
    private const int StatxUid = 20;
    private const int StatxGid = 24;
    private const int StatxMode = 28;

    /// <inheritdoc/>
    public override Errno MakeFolderOf(string path)
    {
        try
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(Rooted(path))!);
            return Errno.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.ToErrno();
        }
    }

    /// <inheritdoc/>
    public override void RemoveEmptyFolder(string path)
    {
        try
        {
            Directory.Delete(Rooted(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Something is in it, or it is gone already.
        }
    }

    /// <inheritdoc/>
    public override Errno Replace(string path, ReadOnlySpan<byte> content, UnixFileMode? mode, FileOwner? owner)
    {
        string target = Resolve(path) ?? Rooted(path);
        if (IsDevice(target))
        {
            return Errno.EINVAL;
        }

        string aside = target + ".zeptadmin-new";
        try
        {
            // What a crash left aside; nobody else makes that name.
            File.Delete(aside);
            UnixFileMode bits = mode ?? Mode(target) ?? NewFile;
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = OwnerOnly, BufferSize = 0 };
            using (FileStream file = new(aside, options))
            {
                file.Write(content);
                if ((owner ?? OwnerOf(target)) is FileOwner whose && ChangeOwner(file.SafeFileHandle, whose.User, whose.Group) != 0)
                {
                    return Forget(aside, LastErrno());
                }

                File.SetUnixFileMode(file.SafeFileHandle, bits);
                file.Flush(flushToDisk: true);
            }

            File.Move(aside, target, overwrite: true);
            SyncFolder(target);
            return Errno.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Forget(aside, e.ToErrno());
        }
    }

    /// <inheritdoc/>
    public override FileOwner? Owner(string path) => Resolve(path) is string target ? OwnerOf(target) : null;

    /// <inheritdoc/>
    public override Errno Remove(string path)
    {
        try
        {
            File.Delete(Rooted(path));
            SyncFolder(Rooted(path));
            return Errno.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.ToErrno();
        }
    }

    private static Errno Forget(string aside, Errno errno)
    {
        try
        {
            File.Delete(aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first problem is the one to tell.
        }

        return errno;
    }

    // The new name is on the disk only when its folder is. A file system that cannot do that keeps its own promises.
    private static void SyncFolder(string file)
    {
        int folder = OpenFile(Path.GetDirectoryName(file)!, O_RDONLY | O_CLOEXEC);
        if (folder >= 0)
        {
            _ = SyncFile(folder);
            _ = CloseFile(folder);
        }
    }

    /// <summary>Why nothing is written where <see cref="IsDevice"/> is true.</summary>
    internal const string NotReplaced = "It is a device, a pipe or a socket, which no file may replace.";

    /// <summary>
    /// True for what is neither a file nor a folder, behind links: to put a file into its place would take it away from all others. A unit that
    /// systemd masks is a link to /dev/null.
    /// </summary>
    internal static unsafe bool IsDevice(string path)
    {
        byte* status = stackalloc byte[StatxLength];
        return StatusOf(AT_FDCWD, path, 0, STATX_TYPE, status) == 0 && (*(ushort*)(status + StatxMode) & S_IFMT) is not (S_IFREG or S_IFDIR);
    }

    private static unsafe FileOwner? OwnerOf(string path)
    {
        byte* status = stackalloc byte[StatxLength];
        return StatusOf(AT_FDCWD, path, 0, STATX_UID_GID, status) == 0 ? new FileOwner(*(uint*)(status + StatxUid), *(uint*)(status + StatxGid)) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatusOf(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int SyncFile(int descriptor);
}
