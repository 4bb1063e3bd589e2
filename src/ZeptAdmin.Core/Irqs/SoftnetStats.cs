using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>Reads and compares the counters of the receive softirq.</summary>
public static class SoftnetStats
{
    private const string Path = "/proc/net/softnet_stat";

    // Columns, from 0, of net/core/net-procfs.c; 3 is always 0, 4 to 7 have been since fastroute went.
    private const int Processed = 0;
    private const int Dropped = 1;
    private const int TimeSqueeze = 2;
    private const int Collision = 8;
    private const int ReceivedRps = 9;
    private const int FlowLimit = 10;
    private const int Backlog = 11;
    private const int Cpu = 12;
    private const int InputQueueLength = 13;
    private const int ProcessQueueLength = 14;
    private const int FewestColumns = 9;

    /// <summary>Counters of each online CPU, in the kernel's order.</summary>
    public static Answer<SoftnetStat[]> Get(Sensor sensor)
    {
        FileAnswer answer = sensor.Files.Read(Path);
        if (!answer.IsKnown)
        {
            return new Refusal(answer.Errno, "read the softirq counters", Path);
        }

        CpuList rps = CpuList.Empty;
        foreach (string name in sensor.InterfaceNames)
        {
            rps = rps.Union(new QueueCpus(sensor.Files, name).AllRps());
        }

        string text = System.Text.Encoding.ASCII.GetString(answer.Bytes.Span);
        return Parse(text, sensor.Files.ReadCpuList("/sys/devices/system/cpu/online"), rps);
    }

    /// <summary>Reads the text of /proc/net/softnet_stat; a row that cannot be read is passed over.</summary>
    /// <param name="text">The text: 9 to 15 hexadecimal columns, by the kernel's age.</param>
    /// <param name="online">Online CPUs, which rows without a CPU number stand for; null when they are not known, then rows are counted.</param>
    /// <param name="rps">CPUs to which a queue is set to hand packets on.</param>
    public static SoftnetStat[] Parse(string text, CpuList? online, CpuList rps)
    {
        List<SoftnetStat> stats = [];
        int row = 0;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int place = row++;
            if (ParseRow(line) is not uint[] columns)
            {
                continue;
            }

            bool hasCpu = columns.Length > Cpu;
            int cpu = hasCpu ? (int)Math.Min(columns[Cpu], int.MaxValue)
                : online is not null && place < online.Count ? online.AsSpan()[place]
                : place;
            stats.Add(new SoftnetStat
            {
                Cpu = cpu,
                IsCpuAssumed = !hasCpu,
                Processed = columns[Processed],
                Dropped = columns[Dropped],
                TimeSqueeze = columns[TimeSqueeze],
                Collision = columns[Collision],
                ReceivedRps = Column(columns, ReceivedRps),
                FlowLimit = Column(columns, FlowLimit),
                Backlog = Column(columns, Backlog),
                InputQueueLength = Column(columns, InputQueueLength),
                ProcessQueueLength = Column(columns, ProcessQueueLength),
                IsRpsUsed = rps.Contains(cpu) || Column(columns, ReceivedRps) > 0,
            });
        }

        return [.. stats];
    }

    /// <summary>What was counted between two readings; lengths of queues are those of the second.</summary>
    /// <remarks>
    /// Modulo 2^32, so right across a wrap as long as less than 2^32 happened between (field.md K10). A CPU that is in one of the
    /// readings only is left out.
    /// </remarks>
    public static SoftnetStat[] Difference(SoftnetStat[] before, SoftnetStat[] after)
    {
        Dictionary<int, SoftnetStat> first = [];
        foreach (SoftnetStat stat in before)
        {
            first[stat.Cpu] = stat;
        }

        List<SoftnetStat> differences = [];
        foreach (SoftnetStat now in after)
        {
            if (first.TryGetValue(now.Cpu, out SoftnetStat? then))
            {
                differences.Add(now with
                {
                    Processed = Count(then.Processed, now.Processed),
                    Dropped = Count(then.Dropped, now.Dropped),
                    TimeSqueeze = Count(then.TimeSqueeze, now.TimeSqueeze),
                    Collision = Count(then.Collision, now.Collision),
                    ReceivedRps = Count(then.ReceivedRps, now.ReceivedRps),
                    FlowLimit = Count(then.FlowLimit, now.FlowLimit),
                });
            }
        }

        return [.. differences];
    }

    private static uint Count(uint before, uint after) => unchecked(after - before);

    private static uint? Count(uint? before, uint? after) => unchecked(after - before);

    private static uint? Column(uint[] columns, int index) => index < columns.Length ? columns[index] : null;

    private static uint[]? ParseRow(string line)
    {
        string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        uint[] columns = new uint[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            // A number is written with eight digits at least: a shorter one was cut off.
            if (words[i].Length < 8 || !uint.TryParse(words[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out columns[i]))
            {
                return null;
            }
        }

        return columns.Length >= FewestColumns ? columns : null;
    }
}
