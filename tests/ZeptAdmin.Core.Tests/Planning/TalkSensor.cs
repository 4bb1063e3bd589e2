using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Tests.Sensors;

namespace ZeptAdmin.Tests.Planning;

/// <summary>
/// The sensor of examples/sensors/talk.zip: made up, not captured, after the talk's description. Two packages of 14 cores with two threads, an X710 on
/// each node as its driver leaves it (the answers of ens1f1 of tests/Fixtures/sensor-x710), and the talk's kernel command line with its mistakes.
/// </summary>
/// <remarks>Written anew by ZEPTADMIN_ACCEPT=1 dotnet test tests/ZeptAdmin.Core.Tests --filter TalkSensorTests.</remarks>
internal static class TalkSensor
{
    private const int Cpus = 56;
    private const int Cores = 28;
    private const int CoresOfNode = 14;
    private const int Queues = 24;

    private static readonly (string Name, int Node, string Bus, int FirstIrq)[] Ports = [("enp7s0f1", 0, "0000:07:00.1", 80), ("enp17s0f0", 1, "0000:11:00.0", 120)];

    /// <summary>Its files, by path; a path that ends in <c>-></c> is a link.</summary>
    public static SortedDictionary<string, string> Files()
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal)
        {
            ["ethtool.txt"] = Ethtool(),
            ["proc/cmdline"] = "BOOT_IMAGE=/vmlinuz ro isolcpus=4-21,32-48 rcu_nocbs=4-21,32-48 nohz_full=4-21,32-48 intel_iommu=off intel_idle.max_cstates=1 pcie_aspm=off",
            ["proc/cpuinfo"] = string.Join("\n\n", Enumerable.Range(0, Cpus).Select(cpu => $"processor\t: {cpu}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 79\nmodel name\t: Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz")),
            ["proc/interrupts"] = Interrupts(),
            // As isolcpus= leaves every process that nobody has put elsewhere; a plan takes all CPUs nevertheless.
            ["proc/self/status"] = "Cpus_allowed_list:\t0-3,22-31,49-55\nMems_allowed_list:\t0-1",
            ["proc/sys/kernel/osrelease"] = "6.12.48",
            ["proc/sys/net/core/netdev_budget"] = "300",
            ["proc/sys/net/core/netdev_budget_usecs"] = "8000",
            ["proc/sys/net/core/netdev_rss_key"] = string.Join(':', Enumerable.Range(1, 52).Select(value => value.ToString("x2", CultureInfo.InvariantCulture))),
            ["sys/devices/system/node/online"] = "0-1",
        };
        foreach (string set in (string[])["online", "present", "possible"])
        {
            files[$"sys/devices/system/cpu/{set}"] = "0-55";
        }

        for (int node = 0; node < 2; node++)
        {
            files[$"sys/devices/system/node/node{node}/cpulist"] = Near(node).ToString();
            files[$"sys/devices/system/node/node{node}/cpumap"] = Near(node).ToMask();
            files[$"sys/devices/system/node/node{node}/distance"] = node == 0 ? "10 21" : "21 10";
            files[$"sys/devices/system/node/node{node}/meminfo"] = $"Node {node} MemTotal:       100663296 kB\nNode {node} MemFree:        98000000 kB";
        }

        for (int cpu = 0; cpu < Cpus; cpu++)
        {
            AddCpu(files, cpu);
        }

        foreach ((string name, int node, string bus, int irq) in Ports)
        {
            AddPort(files, name, node, bus, irq);
        }

        return files;
    }

    /// <summary>The zip.</summary>
    public static byte[] Zip() => ArchiveMaker.Zip([.. Files().Select(file => (file.Key, file.Key.EndsWith("->", StringComparison.Ordinal) ? file.Value : file.Value + "\n"))]);

    private static void AddCpu(SortedDictionary<string, string> files, int cpu)
    {
        string path = $"sys/devices/system/cpu/cpu{cpu}";
        int core = cpu % Cores;
        int node = core / CoresOfNode;
        CpuList threads = CpuList.Of([core, core + Cores]);
        files[$"{path}/online"] = "1";
        files[$"{path}/topology/core_id"] = $"{core % CoresOfNode}";
        files[$"{path}/topology/physical_package_id"] = $"{node}";
        files[$"{path}/topology/core_cpus"] = threads.ToMask();
        files[$"{path}/topology/package_cpus"] = Near(node).ToMask();
        files[$"{path}/cpufreq/cpuinfo_max_freq"] = "3300000";
        foreach ((int index, int level, string type, string size, CpuList shared) in new[] { (0, 1, "Data", "32K", threads), (1, 2, "Unified", "256K", threads), (2, 3, "Unified", "35840K", Near(node)) })
        {
            files[$"{path}/cache/index{index}/level"] = $"{level}";
            files[$"{path}/cache/index{index}/type"] = type;
            files[$"{path}/cache/index{index}/size"] = size;
            files[$"{path}/cache/index{index}/shared_cpu_map"] = shared.ToMask();
        }
    }

    private static void AddPort(SortedDictionary<string, string> files, string name, int node, string bus, int irq)
    {
        string device = $"sys/devices/pci0000:{(node == 0 ? "00" : "10")}/{bus[..8]}02.0/{bus}";
        foreach ((string file, string text) in new[]
        {
            ("vendor", "0x8086"), ("device", "0x1572"), ("subsystem_vendor", "0x8086"), ("subsystem_device", "0x0000"), ("class", "0x020000"),
            ("max_link_speed", "8.0 GT/s PCIe"), ("max_link_width", "8"), ("current_link_speed", "8.0 GT/s PCIe"), ("current_link_width", "8"),
            ("numa_node", $"{node}"), ("local_cpulist", Near(node).ToString()), ("sriov_totalvfs", "64"), ("sriov_numvfs", "0"),
        })
        {
            files[$"{device}/{file}"] = text;
        }

        string net = $"{device}/net/{name}";
        files[$"{net}/type"] = "1";
        files[$"{net}/flags"] = "0x1003";
        files[$"{net}/mtu"] = "1500";
        files[$"{net}/ifindex"] = $"{node + 2}";
        files[$"{net}/operstate"] = "up";
        files[$"{net}/carrier"] = "1";
        files[$"{net}/device->"] = "../..";
        files[$"sys/class/net/{name}->"] = "../../" + device["sys/".Length..] + $"/net/{name}";
        files[$"sys/bus/pci/devices/{bus}->"] = "../../../" + device["sys/".Length..];
        files[$"proc/sys/net/ipv6/conf/{name}/disable_ipv6"] = "0";
        for (int queue = 0; queue < Queues; queue++)
        {
            files[$"{net}/queues/rx-{queue}/rps_cpus"] = "00,00000000";
            files[$"{device}/msi_irqs/{irq + queue}"] = "msix";
            files[$"proc/irq/{irq + queue}/smp_affinity_list"] = Near(node).ToString();
            files[$"proc/irq/{irq + queue}/effective_affinity_list"] = $"{Near(node).First + (queue % CoresOfNode)}";
            files[$"proc/irq/{irq + queue}/node"] = $"{node}";
        }
    }

    private static string Ethtool()
    {
        string[] lines = [.. File.ReadAllLines(Path.Combine(Repository.Snapshot("sensor-x710"), "ethtool.txt")).Where(line => line.StartsWith("ens1f1 ", StringComparison.Ordinal))];
        return string.Join('\n', Ports.SelectMany(port => lines.Select(line => port.Name + line["ens1f1".Length..])));
    }

    private static string Interrupts()
    {
        IEnumerable<string> rows =
            from port in Ports
            from queue in Enumerable.Range(0, Queues)
            select $"{port.FirstIrq + queue,4}: {string.Join(' ', Enumerable.Repeat(0, Cpus))}  IR-PCI-MSI-{port.Bus}  {queue}-edge  i40e-{port.Name}-TxRx-{queue}";
        return string.Join('\n', [string.Join(' ', Enumerable.Range(0, Cpus).Select(cpu => $"CPU{cpu}")), .. rows]);
    }

    private static CpuList Near(int node) => CpuList.Of(Enumerable.Range(0, Cpus).Where(cpu => cpu % Cores / CoresOfNode == node));
}
