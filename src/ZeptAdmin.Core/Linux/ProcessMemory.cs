using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>Reads memory of another process while it runs on: process_vm_readv, which neither stops it nor changes anything in it.</summary>
/// <remarks>process_vm_readv(2). It asks for what ptrace asks for: the same user, or CAP_SYS_PTRACE.</remarks>
internal static unsafe partial class ProcessMemory
{
    // UIO_MAXIOV of linux/uio.h.
    private const int MostRanges = 1024;

    /// <summary>Reads pieces of one size from several places, one behind the other.</summary>
    /// <param name="process">The process.</param>
    /// <param name="addresses">Where the pieces begin.</param>
    /// <param name="size">Bytes of a piece.</param>
    /// <param name="into">Room for all of them.</param>
    /// <returns>None when all were read; ESRCH when the process has gone, EPERM when it is not ours to look into, EFAULT when nothing is there.</returns>
    public static Errno Read(int process, ReadOnlySpan<ulong> addresses, int size, Span<byte> into)
    {
        RemoteRange* ranges = stackalloc RemoteRange[Math.Min(addresses.Length, MostRanges)];
        while (!addresses.IsEmpty)
        {
            int count = Math.Min(addresses.Length, MostRanges);
            for (int i = 0; i < count; i++)
            {
                ranges[i] = new RemoteRange { Base = (nuint)addresses[i], Length = (nuint)size };
            }

            fixed (byte* bytes = into)
            {
                RemoteRange local = new() { Base = (nuint)bytes, Length = (nuint)(count * size) };
                nint read = ReadProcess(process, &local, 1, ranges, (nuint)count, 0);
                if (read != count * size)
                {
                    return read < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.EFAULT;
                }
            }

            addresses = addresses[count..];
            into = into[(count * size)..];
        }

        return Errno.None;
    }

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    private static partial nint ReadProcess(int process, RemoteRange* local, nuint localCount, RemoteRange* remote, nuint remoteCount, nuint flags);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RemoteRange
    {
        public nuint Base;
        public nuint Length;
    }
}
