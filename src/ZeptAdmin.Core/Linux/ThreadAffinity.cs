using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>Says which CPUs threads may run on.</summary>
public interface IThreadAffinity
{
    /// <summary>Gives a thread the CPUs that it may run on.</summary>
    /// <param name="thread">Number of the thread.</param>
    /// <param name="cpus">The CPUs; at least one of them has to be online.</param>
    Errno Move(int thread, CpuList cpus);
}

/// <summary>Threads of this machine (<c>sched_setaffinity</c>).</summary>
public sealed partial class LiveThreadAffinity : IThreadAffinity
{
    /// <inheritdoc/>
    public unsafe Errno Move(int thread, CpuList cpus)
    {
        // The kernel takes a mask of any length: bits beyond its own are passed over, missing ones are 0 (get_user_cpu_mask of kernel/sched/syscalls.c).
        ulong[] mask = new ulong[cpus.IsEmpty ? 1 : (cpus.AsSpan()[^1] / 64) + 1];
        foreach (int cpu in cpus.AsSpan())
        {
            mask[cpu / 64] |= 1ul << (cpu % 64);
        }

        fixed (ulong* words = mask)
        {
            return SetAffinity(thread, (nuint)(mask.Length * sizeof(ulong)), words) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static unsafe partial int SetAffinity(int thread, nuint length, ulong* mask);
}

/// <summary>Threads of a machine that cannot be told anything: a capture.</summary>
public sealed class NoThreadAffinity : IThreadAffinity
{
    /// <inheritdoc/>
    public Errno Move(int thread, CpuList cpus) => Errno.EROFS;
}
