using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>Reads and plans where the kernel does its background work.</summary>
public static class CpuHousekeepings
{
    private static readonly CpuMaskSetting Masks = new();
    private static readonly KernelThreadSetting Threads = new();

    /// <summary>The parts that the machine tells of.</summary>
    public static CpuHousekeeping[] Get(Sensor sensor)
    {
        CpuList guarded = GuardedCpus.Get(sensor).All;
        CpuHousekeeping[] parts = [.. Enum.GetValues<CpuHousekeepingPart>().Select(item => Read(sensor, item, guarded)).OfType<CpuHousekeeping>()];

        // A queue's own CPUs count within the limit of all queues; where none is left, those of the limit do (wq_calc_pod_cpumask of kernel/workqueue.c).
        return Array.Find(parts, part => part.Part == CpuHousekeepingPart.UnboundWork)?.Cpus is not CpuList limit
            ? parts
            : Array.ConvertAll(parts, part => part.Part == CpuHousekeepingPart.Writeback ? part with { StrayCpus = (part.Cpus.Overlaps(limit) ? part.Cpus.Intersect(limit) : limit).Intersect(guarded) } : part);
    }

    /// <summary>The changes that bring parts of it to these CPUs.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="cpus">CPUs for it.</param>
    /// <param name="items">The parts; null for all that the machine has.</param>
    public static Answer<PlannedChange>[] Plan(Sensor sensor, CpuList cpus, CpuHousekeepingPart[]? items) =>
    [
        .. from item in items ?? Enum.GetValues<CpuHousekeepingPart>()
           let change = Plan(sensor, item, cpus)
           where items is not null || change.Refusal is not { Errno: Errno.ENOENT or Errno.EOPNOTSUPP or Errno.ENODATA }
           select change,
    ];

    /// <summary>A part in words.</summary>
    internal static string InWords(CpuHousekeepingPart item) => item switch
    {
        CpuHousekeepingPart.UnboundWork => "unbound work of the kernel",
        CpuHousekeepingPart.Writeback => "writeback",
        CpuHousekeepingPart.Watchdog => "the watchdogs",
        CpuHousekeepingPart.NewInterrupts => "new interrupts",
        CpuHousekeepingPart.RcuThreads => "threads of RCU",
        _ => "threads of the kernel",
    };

    private static CpuHousekeeping? Read(Sensor sensor, CpuHousekeepingPart item, CpuList guarded)
    {
        Setting setting = SettingOf(item);
        if (!setting.Read(sensor, item.ToString()).Try(out JToken? value))
        {
            return null;
        }

        CpuList cpus = value is JObject threads
            ? CpuList.Of(threads.Properties().SelectMany(thread => CpuList.Parse((string)thread.Value!).ToArray()))
            : CpuList.Parse((string)value!);
        return new CpuHousekeeping
        {
            Part = item,
            Cpus = cpus,
            StrayCpus = cpus.Intersect(guarded),
            Threads = value is JObject named ? [.. named.Properties().Select(thread => KernelThreadSetting.NameOf(thread.Name)).Order(StringComparer.Ordinal)] : [],
            Path = CpuMaskSetting.PathOf(item),
        };
    }

    private static Answer<PlannedChange> Plan(Sensor sensor, CpuHousekeepingPart item, CpuList cpus)
    {
        Setting setting = SettingOf(item);
        return setting.Read(sensor, item.ToString())
            .Select(before => new PlannedChange(setting, item.ToString(), before, before is JObject ? KernelThreadSetting.On(before, cpus) : new JValue(cpus.ToString())));
    }

    private static Setting SettingOf(CpuHousekeepingPart item) => CpuMaskSetting.PathOf(item) is null ? Threads : Masks;
}
