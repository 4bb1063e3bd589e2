using System.Runtime.InteropServices;

namespace ZeptAdmin.Tests;

/// <summary>Keeps the thread that asks on one CPU until it is disposed of, on that same thread.</summary>
internal sealed unsafe partial class CpuPinning : IDisposable
{
    private const int Bytes = 128;
    private readonly byte[] _before = new byte[Bytes];

    /// <summary>Moves the thread to a CPU.</summary>
    public CpuPinning(int cpu)
    {
        byte[] mask = new byte[Bytes];
        mask[cpu / 8] = (byte)(1 << (cpu % 8));
        fixed (byte* before = _before)
        fixed (byte* wanted = mask)
        {
            Assert.True(GetAffinity(0, Bytes, before) == 0 && SetAffinity(0, Bytes, wanted) == 0, $"sched_setaffinity: error {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        fixed (byte* before = _before)
        {
            _ = SetAffinity(0, Bytes, before);
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int thread, nuint length, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint length, byte* mask);
}
