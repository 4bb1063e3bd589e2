using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ZeptAdmin.Linux;

/// <summary>Which file it is, whatever it is called: device and inode; and how long it is.</summary>
/// <remarks>.NET tells neither. statx has one layout on all architectures (linux/stat.h).</remarks>
internal readonly partial record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode, long Length)
{
    private const int AT_FDCWD = -100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_INO = 0x100;
    private const uint STATX_SIZE = 0x200;
    private const int StatxSize = 256;

    /// <summary>The file at a path, links followed; null when there is none.</summary>
    public static FileIdentity? Of(string path) => Ask(AT_FDCWD, path, 0);

    /// <summary>An open file, wherever it was moved; null when the kernel does not say.</summary>
    public static FileIdentity? Of(SafeFileHandle file)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            return Ask((int)file.DangerousGetHandle(), "", AT_EMPTY_PATH);
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>True when both are one file, whatever their lengths.</summary>
    public bool IsSameFile(FileIdentity other) => (DeviceMajor, DeviceMinor, Inode) == (other.DeviceMajor, other.DeviceMinor, other.Inode);

    private static unsafe FileIdentity? Ask(int folder, string path, int flags)
    {
        Span<byte> status = stackalloc byte[StatxSize];
        fixed (byte* target = status)
        {
            if (Statx(folder, path, flags, STATX_INO | STATX_SIZE, target) < 0)
            {
                return null;
            }
        }

        return new FileIdentity(Word(status, 136), Word(status, 140), Long(status, 32), (long)Long(status, 40));
    }

    private static uint Word(ReadOnlySpan<byte> status, int offset) => MemoryMarshal.Read<uint>(status[offset..]);

    private static ulong Long(ReadOnlySpan<byte> status, int offset) => MemoryMarshal.Read<ulong>(status[offset..]);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* status);
}
