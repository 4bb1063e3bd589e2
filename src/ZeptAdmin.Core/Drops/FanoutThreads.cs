using System.Globalization;
using System.Runtime.InteropServices;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Drops;

/// <summary>A thread that reads a packet socket.</summary>
/// <param name="Id">Number of the thread.</param>
/// <param name="Name">Its name: W#01-ens1f0 of Suricata.</param>
/// <param name="AllowedCpus">CPUs that it may run on; null when they are not seen.</param>
internal sealed record FanoutThread(int Id, string? Name, CpuList? AllowedCpus);

/// <summary>Finds the thread that reads each packet socket, by looking on what the threads of its process wait.</summary>
/// <remarks>
/// /proc/PID/task/TID/syscall tells in which system call a thread waits, and with what (fs/proc/base.c proc_pid_syscall). Capture threads wait in
/// poll for one socket; a thread that is seen so is the socket's reader. One that never waits is never seen.
/// </remarks>
/// <param name="files">This machine's files.</param>
/// <param name="sockets">The sockets whose readers are wanted.</param>
internal sealed class FanoutThreads(FileTree files, IReadOnlyList<AfPacketSocket> sockets)
{
    private const string ZeekName = "zeek";
    private const int MostThreads = 4096;
    private const int PollDescriptorSize = 8;

    // asm/unistd_64.h of x86, and asm-generic/unistd.h, which arm64 has.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly int[] Polls = IsArm ? [73] : [7, 271];
    private static readonly int[] Receives = IsArm ? [207, 212, 243] : [45, 47, 299];

    private readonly Dictionary<long, FanoutThread?> _readers = sockets.Where(socket => socket.ProcessId is not null).DistinctBy(socket => socket.Inode).ToDictionary(socket => socket.Inode, _ => (FanoutThread?)null);
    private readonly int[] _processes = [.. sockets.Select(socket => socket.ProcessId).OfType<int>().Distinct()];

    /// <summary>The thread that reads a socket; null when it was not seen.</summary>
    public FanoutThread? this[long inode] => _readers.GetValueOrDefault(inode);

    /// <summary>Looks at all threads of processes of which a socket's reader is not known yet.</summary>
    public void Look()
    {
        foreach (int process in _processes)
        {
            AfPacketSocket[] own = [.. sockets.Where(socket => socket.ProcessId == process)];
            if (Array.Exists(own, socket => _readers[socket.Inode] is null))
            {
                Look(process, own);
            }
        }
    }

    private void Look(int process, AfPacketSocket[] own)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task");
        int[] threads = [.. files.List(folder).Take(MostThreads).Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0).Where(id => id > 0)];

        // One thread has all sockets; and Zeek takes packets in its main thread.
        if (own.Length == 1 && (threads.Length == 1 || own[0].ProcessName == ZeekName))
        {
            _readers[own[0].Inode] = Read(folder, process);
            return;
        }

        foreach (int thread in threads)
        {
            if (DescriptorOf(files.ReadText(string.Create(CultureInfo.InvariantCulture, $"{folder}/{thread}/syscall")), process) is int descriptor
                && AfPacketSockets.InodeOf(files.ReadLink(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd/{descriptor}"))) is long inode
                && _readers.TryGetValue(inode, out FanoutThread? known) && known is null)
            {
                _readers[inode] = Read(folder, thread);
            }
        }
    }

    // "7 0x7f9bc07fc0e8 0x1 0x64 …": number of the call and its arguments; "running" for a thread that does not wait.
    private static int? DescriptorOf(string? call, int process)
    {
        string[] words = call?.Split(' ') ?? [];
        if (words.Length < 3 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || !TryHex(words[1], out ulong first) || !TryHex(words[2], out ulong second))
        {
            return null;
        }

        if (Receives.Contains(number))
        {
            return (int)first;
        }

        // struct pollfd begins with the descriptor.
        Span<byte> waits = stackalloc byte[PollDescriptorSize];
        return Polls.Contains(number) && second == 1 && ProcessMemory.Read(process, [first], PollDescriptorSize, waits) == Errno.None ? MemoryMarshal.Read<int>(waits) : null;
    }

    private static bool TryHex(string word, out ulong number)
    {
        number = 0;
        return word.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    private FanoutThread Read(string folder, int thread)
    {
        string own = string.Create(CultureInfo.InvariantCulture, $"{folder}/{thread}");
        string? allowed = files.ReadLines(own + "/status").FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        return new FanoutThread(
            thread, files.ReadText(own + "/comm")?.Trim(), CpuList.TryParse(allowed?[(allowed.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), out CpuList? cpus) ? cpus : null);
    }
}
