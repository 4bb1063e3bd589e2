using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>Reads a file of a captured tree on the disk, and nothing that is not one.</summary>
/// <remarks>
/// .NET tells folders and links from the rest, but not pipes, sockets and devices from files; opening one of those can hang or do something.
/// statx has one layout on all architectures (linux/stat.h), struct stat has not.
/// </remarks>
internal static partial class RegularFile
{
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const uint STATX_TYPE = 1;
    private const int S_IFMT = 0xf000;

    /// <summary>A regular file.</summary>
    public const int S_IFREG = 0x8000;

    /// <summary>A folder.</summary>
    public const int S_IFDIR = 0x4000;

    /// <summary>A symbolic link.</summary>
    public const int S_IFLNK = 0xa000;

    private const int StatxSize = 256;
    private const int StatxModeOffset = 28;

    /// <summary>Most bytes read; a file of /proc and /sys has no length, so it is counted while it is read.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Content of a regular file; EINVAL for what is none, EIO for one that is longer than <see cref="MostBytes"/>.</summary>
    public static FileAnswer Read(string path)
    {
        Errno type = CheckType(path);
        if (type != Errno.None)
        {
            return new FileAnswer(default, type);
        }

        FileAnswer answer = LiveFileTree.Read(path, MostBytes + 1);
        return answer.Bytes.Length > MostBytes ? new FileAnswer(default, Errno.EIO) : answer;
    }

    /// <summary>None for a regular file, EINVAL for anything else, or why it cannot be told.</summary>
    public static Errno CheckType(string path) => Type(path) switch
    {
        (Errno.None, S_IFREG) => Errno.None,
        (Errno.None, _) => Errno.EINVAL,
        (Errno errno, _) => errno,
    };

    /// <summary>What is at a path, as <c>S_IFMT</c> tells it (linux/stat.h), links not followed; or why it cannot be told.</summary>
    public static (Errno Errno, int Type) Type(string path)
    {
        Span<byte> status = stackalloc byte[StatxSize];
        unsafe
        {
            fixed (byte* target = status)
            {
                if (Statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, target) < 0)
                {
                    return ((Errno)Marshal.GetLastPInvokeError(), 0);
                }
            }
        }

        return (Errno.None, BinaryPrimitives.ReadUInt16LittleEndian(status[StatxModeOffset..]) & S_IFMT);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* status);
}
