using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>Counters of time and packets at one instant.</summary>
/// <param name="Ticks">Times of each CPU: user nice system idle iowait irq softirq steal (/proc/stat).</param>
/// <param name="Idle">Microseconds in each idle state, by CPU and name.</param>
/// <param name="Packets">Packets that the interface had received; null without one.</param>
internal sealed record CpuMoment(Dictionary<int, ulong[]> Ticks, Dictionary<int, (string Name, long Microseconds)[]> Idle, long? Packets)
{
    /// <summary>Column of idle time.</summary>
    public const int IdleColumn = 3;

    /// <summary>Column of time waiting for a disk, which is idle too.</summary>
    public const int IowaitColumn = 4;

    /// <summary>Column of softirqs.</summary>
    public const int SoftirqColumn = 6;

    // The guest times behind these are within user and nice.
    private const int Columns = 8;

    /// <summary>Reads them.</summary>
    public static CpuMoment Read(Sensor sensor, CpuList cpus, string? interfaceName)
    {
        Dictionary<int, ulong[]> ticks = [];
        foreach (string line in sensor.Files.ReadLines("/proc/stat"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > Columns && Topology.SysfsNames.Number(words[0], "cpu") is int cpu && cpus.Contains(cpu))
            {
                ticks[cpu] = [.. words.Skip(1).Take(Columns).Select(word => ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out ulong count) ? count : 0)];
            }
        }

        Dictionary<int, (string, long)[]> idle = cpus.ToArray().ToDictionary(
            cpu => cpu, cpu => CpuIdleStates.Of(sensor.Files, cpu).Where(state => state.TimeMicroseconds is not null).Select(state => (state.Name, state.TimeMicroseconds!.Value)).ToArray());
        return new CpuMoment(ticks, idle, interfaceName is null ? null : sensor.Files.ReadInt64($"/sys/class/net/{interfaceName}/statistics/rx_packets"));
    }

    /// <summary>Part of the time between two instants that a CPU spent in columns; null when it was not read twice.</summary>
    public static double? Share(CpuMoment before, CpuMoment after, int cpu, params int[] columns)
    {
        if (!before.Ticks.TryGetValue(cpu, out ulong[]? first) || !after.Ticks.TryGetValue(cpu, out ulong[]? last))
        {
            return null;
        }

        // Idle time may step back by a tick where it is read from the idle loop (kernel/sched/cputime.c).
        double[] spent = [.. last.Zip(first, (now, then) => now > then ? (double)(now - then) : 0)];
        double sum = spent.Sum();
        return sum == 0 ? null : columns.Sum(column => spent[column]) / sum;
    }
}
