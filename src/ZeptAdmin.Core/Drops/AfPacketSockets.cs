using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Drops;

/// <summary>Reads the AF_PACKET sockets of a machine, and who has them open.</summary>
public static class AfPacketSockets
{
    private const uint PDI_RUNNING = 0x1;
    private const int SK_MEMINFO_RMEM_ALLOC = 0;
    private const int SK_MEMINFO_RCVBUF = 1;
    private const int SK_MEMINFO_DROPS = 8;

    // Kernels put a new socket at the end of their list (packet_create of net/packet/af_packet.c); older ones at its front.
    private static readonly KernelVersion ListsInOrder = new(5, 0);

    // Fields of /proc/PID/stat behind the name, which may hold spaces and brackets: state is the first, the start the 20th, the
    // processor the 37th (proc_pid_stat.5).
    private const int StartField = 19;
    private const int ProcessorField = 36;

    /// <summary>All sockets, in the order in which they were made.</summary>
    /// <returns>ENOENT where the kernel has no packet_diag; ENODATA for a snapshot without them.</returns>
    public static Answer<AfPacketSocket[]> Get(Sensor sensor)
    {
        Answer<PacketSocket[]> answer = PacketDiag.Sockets(sensor.Netlink);
        if (!answer.Try(out PacketSocket[]? sockets))
        {
            return answer.Refusal! with
            {
                Detail = answer.Refusal.Errno == Errno.ENOENT ? "The kernel's module packet_diag is not there (modprobe af_packet_diag)." : answer.Refusal.Detail,
            };
        }

        Dictionary<int, string> names = sensor.InterfaceNames
            .Select(name => (Name: name, Index: sensor.Files.ReadInt32($"/sys/class/net/{name}/ifindex")))
            .Where(item => item.Index is not null)
            .GroupBy(item => item.Index!.Value)
            .ToDictionary(group => group.Key, group => group.First().Name);
        Dictionary<long, int> owners = sockets.Length == 0 ? [] : Owners(sensor.Files, sockets.Select(socket => socket.Inode).ToHashSet());
        Dictionary<int, Owner> processes = owners.Values.Distinct().ToDictionary(id => id, id => Owner.Read(sensor.Files, id));

        // Numbers of sockets come in blocks for each CPU (get_next_ino of fs/inode.c), so they tell the order on one CPU only.
        bool isInOrder = !(KernelVersion.Of(sensor.Files) < ListsInOrder);
        return (isInOrder ? sockets.AsEnumerable() : sockets.OrderBy(socket => socket.Inode))
            .Select(socket => Record(socket, names, owners.TryGetValue(socket.Inode, out int id) ? processes[id] : null))
            .ToArray();
    }

    /// <summary>
    /// Processes that have one of these sockets open, by the socket's number; of several the oldest, since children inherit what their parent has open.
    /// Those of others are seen by root only.
    /// </summary>
    internal static Dictionary<long, int> Owners(FileTree files, IReadOnlySet<long> inodes)
    {
        Dictionary<long, int> owners = [];
        foreach (int id in ProcessFolders.Ids(files))
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/fd");
            foreach (string descriptor in files.List(folder))
            {
                if (InodeOf(files.ReadLink($"{folder}/{descriptor}")) is long inode && inodes.Contains(inode)
                    && (!owners.TryGetValue(inode, out int other) || Began(files, id) < Began(files, other)))
                {
                    owners[inode] = id;
                }
            }
        }

        return owners;
    }

    // Clock ticks after the boot; numbers of processes wrap, so they do not tell who was first.
    private static long Began(FileTree files, int id) =>
        Fields(files, id) is { Length: > StartField } fields && long.TryParse(fields[StartField], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? ticks : long.MaxValue;

    private static string[] Fields(FileTree files, int id)
    {
        string stat = files.ReadText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat")) ?? "";
        return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Number of the socket that a link of /proc/PID/fd leads to; null for another kind of file.</summary>
    internal static long? InodeOf(string? link) =>
        link is not null && link.StartsWith("socket:[", StringComparison.Ordinal) && link.EndsWith(']')
        && long.TryParse(link.AsSpan(8, link.Length - 9), NumberStyles.None, CultureInfo.InvariantCulture, out long inode)
            ? inode
            : null;

    private static AfPacketSocket Record(PacketSocket socket, Dictionary<int, string> names, Owner? owner) => new()
    {
        InterfaceName = socket.InterfaceIndex == 0 ? null
            : names.GetValueOrDefault(socket.InterfaceIndex) ?? string.Create(CultureInfo.InvariantCulture, $"if{socket.InterfaceIndex}"),
        Inode = socket.Inode,
        IsReceiving = (socket.Flags & PDI_RUNNING) != 0,
        RingVersion = socket.RxRing is null ? null : socket.Version,
        RingBytes = socket.RxRing is PacketRing ring ? ring.BlockSize * ring.Blocks : null,
        BlockBytes = socket.RxRing?.BlockSize,
        FrameBytes = socket.RxRing?.FrameSize,
        RetireMilliseconds = socket is { RxRing: not null, Version: 3 } ? socket.RxRing?.RetireMilliseconds : null,
        FanoutId = socket.Fanout is uint group ? (int)(group & 0xffff) : null,
        FanoutMode = socket.Fanout is uint mode ? (AfPacketFanoutMode)((mode >> 16) & 0xff) : null,
        BufferBytes = Memory(socket, SK_MEMINFO_RCVBUF),
        QueuedBytes = Memory(socket, SK_MEMINFO_RMEM_ALLOC),
        Dropped = socket.RxRing is null ? Memory(socket, SK_MEMINFO_DROPS) : null,
        UserId = socket.UserId,
        ProcessId = owner?.Id,
        ProcessName = owner?.Name,
        Cpu = owner?.Cpu,
        AllowedCpus = owner?.AllowedCpus,
    };

    private static long? Memory(PacketSocket socket, int index) => socket.Memory.Length > index ? socket.Memory[index] : null;

    private sealed record Owner(int Id, string? Name, int? Cpu, CpuList? AllowedCpus)
    {
        public static Owner Read(FileTree files, int id)
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
            string[] fields = Fields(files, id);
            string? allowed = files.ReadLines(folder + "/status").FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
            return new Owner(
                id,
                ProcessFolders.Name(files, id),
                fields.Length > ProcessorField && int.TryParse(fields[ProcessorField], NumberStyles.None, CultureInfo.InvariantCulture, out int cpu) ? cpu : null,
                CpuList.TryParse(allowed?[(allowed.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), out CpuList? cpus) ? cpus : null);
        }
    }
}
