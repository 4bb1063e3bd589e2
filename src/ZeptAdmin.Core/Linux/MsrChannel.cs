using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>Model-specific registers of x86 processors, by CPU.</summary>
public interface IMsrChannel
{
    /// <summary>Reads a register of a CPU.</summary>
    Answer<ulong> Read(int cpu, uint number);

    /// <summary>Writes a register of a CPU; null when it was taken.</summary>
    Refusal? Write(int cpu, uint number, ulong value);
}

/// <summary>Registers by the kernel's module msr: <c>/dev/cpu/N/msr</c>, eight bytes at the register's number (arch/x86/kernel/msr.c).</summary>
public sealed partial class LiveMsrChannel : IMsrChannel
{
    private const int O_RDONLY = 0;
    private const int O_WRONLY = 1;
    private const int O_CLOEXEC = 0x80000;
    private const int Length = 8;

    /// <inheritdoc/>
    public unsafe Answer<ulong> Read(int cpu, uint number)
    {
        byte* bytes = stackalloc byte[Length];
        Errno errno = Open(cpu, O_RDONLY, file => ReadAt(file, bytes, Length, number));
        return errno == Errno.None ? BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(bytes, Length)) : MsrRefusals.Make(errno, "read", cpu, number);
    }

    /// <inheritdoc/>
    public unsafe Refusal? Write(int cpu, uint number, ulong value)
    {
        byte* bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(bytes, Length), value);
        Errno errno = Open(cpu, O_WRONLY, file => WriteAt(file, bytes, Length, number));
        return errno == Errno.None ? null : MsrRefusals.Make(errno, "write", cpu, number);
    }

    private static Errno Open(int cpu, int flags, Func<int, nint> use)
    {
        int file = OpenFile(string.Create(CultureInfo.InvariantCulture, $"/dev/cpu/{cpu}/msr"), flags | O_CLOEXEC);
        if (file < 0)
        {
            return (Errno)Marshal.GetLastPInvokeError();
        }

        nint count = use(file);
        Errno errno = count == Length ? Errno.None : count < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.EIO;
        _ = CloseFile(file);
        return errno;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static unsafe partial nint ReadAt(int file, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static unsafe partial nint WriteAt(int file, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);
}

/// <summary>Refusals of registers, with what their numbers mean for them.</summary>
internal static class MsrRefusals
{
    public static Refusal Make(Errno errno, string verb, int cpu, uint number) =>
        new(errno, string.Create(CultureInfo.InvariantCulture, $"{verb} the register 0x{number:X}"), string.Create(CultureInfo.InvariantCulture, $"CPU {cpu}"))
        {
            Capability = "CAP_SYS_RAWIO",
            Detail = errno switch
            {
                Errno.ENOENT or Errno.ENXIO or Errno.ENODEV => "There is no /dev/cpu/N/msr: load the module msr (modprobe msr); this kernel may be built without it.",
                Errno.EPERM when verb == "write" => "Under kernel lockdown (Secure Boot) registers cannot be written, by root neither.",
                Errno.EIO => "The processor does not know this register, or a hypervisor keeps it.",
                Errno.ENODATA => "The snapshot does not hold it.",
                _ => null,
            },
        };
}
