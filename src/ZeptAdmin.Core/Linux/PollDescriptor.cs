using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct pollfd</c> of poll.h, for what is to be read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal partial struct PollDescriptor(int descriptor)
{
    private const short POLLIN = 1;

    /// <summary>The descriptor.</summary>
    public readonly int Descriptor = descriptor;

    /// <summary>What is waited for.</summary>
    public readonly short Events = POLLIN;

    /// <summary>What there was at the last waiting; 0 for nothing.</summary>
    public short Returned;

    /// <summary>Waits until one of them can be read, or has ended; false after the time, or a signal.</summary>
    /// <param name="descriptors">They; what there was is noted in each.</param>
    /// <param name="milliseconds">How long.</param>
    public static unsafe bool Wait(Span<PollDescriptor> descriptors, int milliseconds)
    {
        fixed (PollDescriptor* first = descriptors)
        {
            return Poll(first, (nuint)descriptors.Length, milliseconds) > 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);
}
