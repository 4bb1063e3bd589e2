using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>CPUs that are to run capture and nothing else: isolated ones, and those that a capturing thread is pinned to.</summary>
/// <param name="Isolated">CPUs of <c>isolcpus</c>.</param>
/// <param name="NohzFull">CPUs of <c>nohz_full</c>.</param>
/// <param name="Workers">CPUs that a capturing thread is pinned to, or that somebody named.</param>
/// <param name="Online">CPUs that are online.</param>
public sealed record GuardedCpus(CpuList Isolated, CpuList NohzFull, CpuList Workers, CpuList Online)
{
    // Suricata names the threads that take packets so (src/tm-threads.c, runmodes); its main thread takes none.
    private static readonly string[] CaptureThreads = ["W#", "RX#"];

    /// <summary>All of them that are online.</summary>
    public CpuList All { get; } = Isolated.Union(NohzFull).Union(Workers).Intersect(Online);

    /// <summary>The other CPUs: where all else is to run.</summary>
    public CpuList Housekeeping => Online.Except(All);

    /// <summary>Processes that have a packet socket open.</summary>
    internal HashSet<int> Captures { get; private init; } = [];

    /// <summary>Reads them.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="named">CPUs that somebody named as those of workers; null for none.</param>
    public static GuardedCpus Get(Sensor sensor, CpuList? named = null)
    {
        CpuList online = CpuMeter.Online(sensor);
        HashSet<int> captures = AfPacketSockets.Get(sensor).Try(out AfPacketSocket[]? sockets)
            ? [.. sockets.Where(socket => socket.ProcessId is not null).Select(socket => socket.ProcessId!.Value)]
            : [];
        int[] pinned = online.Count < 2 ? [] : [.. captures.SelectMany(process => PinnedTo(sensor.Files, process))];
        return new GuardedCpus(
            sensor.Files.ReadCpuList(CpuFolders.Root + "/isolated") ?? CpuList.Empty,
            sensor.Files.ReadCpuList(CpuFolders.Root + "/nohz_full") ?? CpuList.Empty,
            CpuList.Of(pinned).Union(named ?? CpuList.Empty),
            online)
        { Captures = captures };
    }

    /// <summary>Why a CPU is one of them, as the start of a sentence; null when it is none.</summary>
    public string? WhyOf(int cpu) =>
        !All.Contains(cpu) ? null
        : Isolated.Contains(cpu) ? "It is isolated (isolcpus)"
        : NohzFull.Contains(cpu) ? "It is without a tick (nohz_full)"
        : "It is a worker's";

    // Zeek captures in the main thread of a process; a thread that may run on several CPUs guards none of them.
    private static IEnumerable<int> PinnedTo(FileTree files, int process)
    {
        CpuTask[] tasks = [.. CpuTask.OfProcess(files, process)];
        CpuTask[] named = [.. tasks.Where(task => Array.Exists(CaptureThreads, start => task.Name.StartsWith(start, StringComparison.Ordinal)))];
        return (named.Length > 0 ? named : tasks.Where(task => task.Id == process))
            .Select(task => task.AllowedCpus(files))
            .Where(cpus => cpus is { Count: 1 })
            .Select(cpus => cpus!.First);
    }
}
