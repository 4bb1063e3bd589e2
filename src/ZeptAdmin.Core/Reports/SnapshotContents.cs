using ZeptAdmin.Changes;
using ZeptAdmin.Cpus;
using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;
using ZeptAdmin.Memory;
using ZeptAdmin.Nics;
using ZeptAdmin.Pcie;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;
using ZeptAdmin.Topology;
using ZeptAdmin.Xdp;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Reports;

/// <summary>What a snapshot holds: whatever these readers read, and the files of these patterns. A new reader is one line here.</summary>
internal static class SnapshotContents
{
    private static readonly Action<Sensor>[] OfMachine =
    [
        sensor => CaptureInterfaces.Find(sensor),
        sensor => CaptureInterfaces.Routed(sensor),
        sensor => CaptureInterfaces.Watched(sensor),
        sensor => NsmTopologies.Get(sensor),
        sensor => MemoryModules.Get(sensor),
        sensor => NetBudgets.Get(sensor),
        sensor => SoftnetStats.Get(sensor),
        sensor => IrqBalances.Get(sensor),
        sensor => AfPacketSockets.Get(sensor),
        sensor => TunedProfiles.Get(sensor),
        sensor => CpuPrefetchers.Get(sensor),
        sensor => CpuHousekeepings.Get(sensor),
        sensor => UnwantedServices.Find(sensor),
        sensor => BootArguments.Get(sensor),
        sensor => ZeekFiles.Read(sensor),
        sensor => SuricataFiles.Read(sensor),
        sensor => ReadDdio(sensor),
        sensor => ReadEach(sensor, new IrqAffinities(sensor).Get),
        sensor => ReadEach(sensor, new PcieLinks(sensor).Get),
    ];

    private static readonly Action<Sensor, string>[] OfInterface =
    [
        (sensor, name) => NicReader.Get(sensor, name),
        (sensor, name) => NicRings.Get(sensor, name),
        (sensor, name) => NicChannels.Get(sensor, name),
        (sensor, name) => NicCoalesces.Get(sensor, name),
        (sensor, name) => NicPauses.Get(sensor, name),
        (sensor, name) => NicFeatures.Get(sensor, name),
        (sensor, name) => NicPrivateFlags.Get(sensor, name),
        (sensor, name) => NicFlowRules.Get(sensor, name),
        (sensor, name) => NicCounters.Get(sensor, name),
        (sensor, name) => NicRssReader.Get(sensor, name),
        (sensor, name) => NicXdps.Get(sensor, name),
    ];

    // A part of a path is a name, or * within one; only files are read, folders are passed over.
    private static readonly string[] Patterns =
    [
        "/proc/cmdline", "/proc/cpuinfo", "/proc/meminfo", "/proc/version",
        "/proc/sys/kernel/osrelease", "/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/ostype", "/proc/sys/kernel/version",
        "/proc/sys/net/core/*",
        "/proc/irq/default_smp_affinity", "/proc/irq/*/*",
        "/sys/module/*/version", "/sys/module/*/srcversion", "/sys/module/*/taint",
        "/sys/module/intel_idle/parameters/*", "/sys/module/processor/parameters/*", "/sys/module/pcie_aspm/parameters/*",
        "/sys/module/i40e/parameters/*", "/sys/module/ice/parameters/*", "/sys/module/ixgbe/parameters/*", "/sys/module/igb/parameters/*",
        "/sys/module/mlx5_core/parameters/*",
        "/sys/devices/system/cpu/*", "/sys/devices/system/cpu/smt/*", "/sys/devices/system/cpu/vulnerabilities/*",
        "/sys/devices/system/cpu/intel_pstate/*", "/sys/devices/system/cpu/amd_pstate/*",
        "/sys/devices/system/cpu/cpu*/online", "/sys/devices/system/cpu/cpu*/topology/*", "/sys/devices/system/cpu/cpu*/cache/index*/*",
        "/sys/devices/system/cpu/cpu*/cpuidle/state*/*", "/sys/devices/system/cpu/cpuidle/*",
        "/sys/devices/system/cpu/cpu*/power/pm_qos_resume_latency_us", "/sys/devices/system/cpu/cpufreq/policy*/*", "/sys/devices/system/cpu/cpufreq/boost",
        "/sys/devices/system/cpu/cpu*/cpufreq/*", "/dev/cpu_dma_latency",
        "/sys/devices/system/node/*", "/sys/devices/system/node/node*/cpulist", "/sys/devices/system/node/node*/cpumap",
        "/sys/devices/system/node/node*/distance", "/sys/devices/system/node/node*/meminfo", "/sys/devices/system/node/node*/hugepages/*/nr_hugepages",
        "/sys/firmware/dmi/tables/*",
        "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/devices/virtual/workqueue/cpumask*", "/sys/devices/virtual/workqueue/writeback/*",
        "/sys/class/net/*/queues/*/*", "/sys/class/net/*/operstate", "/sys/class/net/*/carrier", "/sys/class/net/*/mtu", "/sys/class/net/*/flags",
        "/sys/class/net/*/threaded", "/sys/class/net/*/gro_flush_timeout", "/sys/class/net/*/napi_defer_hard_irqs",
        "/sys/class/net/*/device/msi_irqs/*", "/sys/class/net/*/device/link/*", "/sys/kernel/iommu_groups/*/type",
        "/proc/net/packet", "/proc/net/route", "/proc/net/ipv6_route", "/proc/sys/net/ipv6/conf/*/disable_ipv6",
        "/etc/modprobe.d/*", "/run/modprobe.d/*", "/usr/lib/modprobe.d/*", "/lib/modprobe.d/*",
        "/etc/os-release", "/etc/default/irqbalance", "/etc/default/grub", "/etc/default/grub.d/*", "/etc/kernel/cmdline", "/etc/kernel/cmdline.d/*", "/etc/sysconfig/irqbalance",
        Journal.SnapshotPath,
    ];

    // Read twice, for rates.
    private static readonly string[] CounterPatterns =
    [
        "/proc/interrupts", "/proc/softirqs", "/proc/stat", "/proc/net/softnet_stat", "/proc/net/dev", "/sys/class/net/*/statistics/*",
        "/sys/devices/system/cpu/cpu*/cpuidle/state*/time", "/sys/devices/system/cpu/cpu*/cpuidle/state*/usage",
    ];

    /// <summary>Steps of <see cref="Read"/> for a machine with so many interfaces.</summary>
    public static int Steps(int interfaces) => OfMachine.Length + (OfInterface.Length * interfaces) + Patterns.Length + CounterPatterns.Length;

    /// <summary>Reads everything; what the kernel refuses is an answer like any other.</summary>
    /// <param name="sensor">The recording.</param>
    /// <param name="step">Called before each step.</param>
    public static void Read(Sensor sensor, Action step)
    {
        // Counters first and close together: what is read behind them would count into them.
        ReadCounters(sensor, step);
        foreach (Action<Sensor> read in OfMachine)
        {
            Try(() => read(sensor), step);
        }

        foreach (string name in sensor.InterfaceNames)
        {
            foreach (Action<Sensor, string> read in OfInterface)
            {
                Try(() => read(sensor, name), step);
            }
        }

        foreach (string pattern in Patterns)
        {
            step();
            ReadFiles(sensor.Files, pattern);
        }
    }

    /// <summary>Reads the counters again, by the questions that were asked before.</summary>
    public static void ReadCounters(Sensor sensor, RecordingSensor before)
    {
        ReadCounters(sensor, () => { });
        foreach (EthtoolAnswer asked in before.EthtoolAnswers.Values.Where(answer => answer.Command == EthtoolCommands.ETHTOOL_GSTATS && answer.Errno == Errno.None))
        {
            _ = sensor.Ethtool.Send(asked.InterfaceName, asked.Request.ToArray());
        }
    }

    private static void ReadCounters(Sensor sensor, Action step)
    {
        foreach (string pattern in CounterPatterns)
        {
            step();
            ReadFiles(sensor.Files, pattern);
        }
    }

    private static void ReadDdio(Sensor sensor)
    {
        foreach (CpuPackage package in NsmTopologies.Get(sensor).Packages)
        {
            _ = CpuPrefetchers.DdioWays(sensor, package.Cpus.First);
        }
    }

    private static void ReadEach<T>(Sensor sensor, Func<string, Answer<T>> read)
        where T : notnull
    {
        foreach (string name in sensor.InterfaceNames)
        {
            _ = read(name);
        }
    }

    // A reader that cannot go on has read what it could, and on replay it will meet the same.
    private static void Try(Action read, Action step)
    {
        step();
        try
        {
            read();
        }
        catch (Exception e) when (e is KernelException or KernelFormatException)
        {
        }
    }

    private static void ReadFiles(FileTree files, string pattern)
    {
        foreach (string path in Expand(files, "", pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!files.IsFolder(path))
            {
                _ = files.Read(path);
            }
        }
    }

    private static IEnumerable<string> Expand(FileTree files, string folder, ReadOnlyMemory<string> parts)
    {
        if (parts.IsEmpty)
        {
            return [folder];
        }

        string part = parts.Span[0];
        int star = part.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? Expand(files, $"{folder}/{part}", parts[1..])
            : files.List(folder)
                .Where(name => name.Length >= part.Length - 1 && name.StartsWith(part[..star], StringComparison.Ordinal) && name.EndsWith(part[(star + 1)..], StringComparison.Ordinal))
                .SelectMany(name => Expand(files, $"{folder}/{name}", parts[1..]));
    }
}
