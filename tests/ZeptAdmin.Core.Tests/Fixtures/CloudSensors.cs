using System.Globalization;
using System.Runtime.InteropServices;
using ZeptAdmin.Linux;
using static ZeptAdmin.Linux.EthtoolCommands;

namespace ZeptAdmin.Tests.Fixtures;

/// <summary>
/// The machines of tests/Fixtures/cloud-ena and cloud-gve: made up, not captured. What their drivers answer is what the drivers' sources say
/// (drivers/net/ethernet/amazon/ena/ena_ethtool.c; drivers/net/ethernet/google/gve/gve_ethtool.c without the RSS of newer devices); numbers of queues,
/// descriptors and CPUs are any.
/// </summary>
/// <remarks>Written anew with ZEPTADMIN_ACCEPT=1 dotnet test tests/ZeptAdmin.Core.Tests --filter CloudSensorTests.</remarks>
internal static class CloudSensors
{
    private const int Queues = 8;
    private const int Cpus = 8;
    private const string MadeUp = "Made up by CloudSensors.cs in the tests, which says how to write it anew.";

    /// <summary>Files by path: a machine in AWS, whose card is of the driver ena.</summary>
    public static Dictionary<string, string> Ena()
    {
        const string name = "ens6";
        RecordedAnswers answers = new();
        answers.Comment(MadeUp);
        answers.Driver(name, "ena", "6.12.48", "", "0000:00:06.0", 0, 0);
        answers.Answer(name, ETHTOOL_GLINK, new EthtoolValue { Data = 1 });
        answers.Answer(name, ETHTOOL_GCHANNELS, new EthtoolChannelParam { MaxCombined = Queues, CombinedCount = Queues });
        answers.Answer(name, ETHTOOL_GRINGPARAM, new EthtoolRingParam { RxMaxPending = 8192, TxMaxPending = 1024, RxPending = 1024, TxPending = 1024 });
        answers.Answer(name, ETHTOOL_GCOALESCE, new EthtoolCoalesceParam { RxCoalesceUsecs = 20, TxCoalesceUsecs = 64 });
        Scaling(answers, name);
        Lacks(answers, name, ETHTOOL_GPAUSEPARAM, ETHTOOL_GPFLAGS, ETHTOOL_GRXCLSRLCNT);
        return Files(name, "ena", "Amazon EC2", "c6in.2xlarge", "0x1d0f", "0xec20", queue => $"{name}-Tx-Rx-{queue}", answers);
    }

    /// <summary>Files by path: a machine in GCE, whose card is of the driver gve and shows no RSS.</summary>
    public static Dictionary<string, string> Gve()
    {
        const string name = "ens5";
        RecordedAnswers answers = new();
        answers.Comment(MadeUp);
        answers.Driver(name, "gve", "1.0.0", "", "0000:00:05.0", 0, 0);
        answers.Answer(name, ETHTOOL_GLINK, new EthtoolValue { Data = 1 });
        answers.Answer(name, ETHTOOL_GCHANNELS, new EthtoolChannelParam { MaxRx = 16, MaxTx = 16, RxCount = Queues, TxCount = Queues });
        answers.Answer(name, ETHTOOL_GRINGPARAM, new EthtoolRingParam { RxMaxPending = 1024, TxMaxPending = 1024, RxPending = 1024, TxPending = 1024 });
        Lacks(answers, name, ETHTOOL_GCOALESCE, ETHTOOL_GPAUSEPARAM, ETHTOOL_GPFLAGS, ETHTOOL_GRSSH, ETHTOOL_GRXFHINDIR, ETHTOOL_GRXRINGS, ETHTOOL_GRXFH, ETHTOOL_GRXCLSRLCNT);
        return Files(name, "gve", "Google", "Google Compute Engine", "0x1ae0", "0x0042", queue => $"gve-ntfy-blk{queue + 16}@pci:0000:00:05.0", answers);
    }

    // The key is the device's own and cannot be set: any does. Both directions of a connection part.
    private static unsafe void Scaling(RecordedAnswers answers, string name)
    {
        const int entries = 128;
        byte[] key = [.. Enumerable.Range(0, 40).Select(i => (byte)((i * 89) + 23))];
        EthtoolRxfh sizes = new() { IndirectionSize = entries, KeySize = (uint)key.Length };
        EthtoolRxfh answer = sizes;
        answer.Functions[0] = 1;
        uint[] table = [.. Enumerable.Range(0, entries).Select(i => (uint)(i % Queues))];
        answers.Answer(name, ETHTOOL_GRSSH, default, answer, []);
        answers.Answer(name, ETHTOOL_GRSSH, sizes, answer, [.. MemoryMarshal.AsBytes<uint>(table), .. key]);
        answers.Strings(name, EthtoolStringSet.ETH_SS_RSS_HASH_FUNCS, "toeplitz", "xor", "crc32");
        answers.Answer(name, ETHTOOL_GRXRINGS, new EthtoolRxNfc { Data = Queues });
        for (uint type = EthtoolFlows.TCP_V4_FLOW; type <= EthtoolFlows.AH_ESP_V6_FLOW; type++)
        {
            EthtoolRxNfc request = new() { FlowType = type };
            answers.Answer(name, ETHTOOL_GRXFH, request, request with { Data = 0xf0 }, []);
        }
    }

    private static void Lacks(RecordedAnswers answers, string name, params uint[] commands)
    {
        foreach (uint command in commands)
        {
            answers.Refuse(name, command, Errno.EOPNOTSUPP);
        }

        answers.NoStrings(name, EthtoolStringSet.ETH_SS_PRIV_FLAGS);
        answers.NoStrings(name, EthtoolStringSet.ETH_SS_FEATURES);
    }

    private static Dictionary<string, string> Files(string name, string driver, string vendor, string product, string vendorId, string deviceId, Func<int, string> irq, RecordedAnswers answers)
    {
        string device = $"sys/class/net/{name}";
        Dictionary<string, string> files = new()
        {
            ["ethtool.txt"] = answers.ToString(),
            ["proc/cmdline"] = "BOOT_IMAGE=/boot/vmlinuz ro console=ttyS0\n",
            ["proc/sys/kernel/osrelease"] = "6.12.48\n",
            ["proc/sys/net/core/netdev_budget"] = "300\n",
            ["proc/sys/net/core/netdev_budget_usecs"] = "2000\n",
            ["proc/irq/default_smp_affinity"] = "ff\n",
            ["sys/class/dmi/id/sys_vendor"] = vendor + "\n",
            ["sys/class/dmi/id/product_name"] = product + "\n",
            [$"{device}/type"] = "1\n",
            [$"{device}/ifindex"] = "3\n",
            [$"{device}/mtu"] = "1500\n",
            [$"{device}/operstate"] = "up\n",
            [$"{device}/address"] = "02:00:00:00:00:06\n",
            [$"{device}/flags"] = "0x1003\n",
            [$"{device}/device/vendor"] = vendorId + "\n",
            [$"{device}/device/device"] = deviceId + "\n",
            [$"{device}/device/numa_node"] = "-1\n",
            [$"{device}/device/uevent"] = $"DRIVER={driver}\n",
            ["sys/devices/system/node/node0/cpulist"] = "0-7\n",
        };
        foreach (string list in (string[])["online", "possible", "present"])
        {
            files[$"sys/devices/system/cpu/{list}"] = "0-7\n";
        }

        string header = string.Concat(Enumerable.Range(0, Cpus).Select(cpu => string.Create(CultureInfo.InvariantCulture, $"       CPU{cpu}")));
        string interrupts = $"          {header}\n";
        for (int i = 0; i < Cpus; i++)
        {
            string cpu = string.Create(CultureInfo.InvariantCulture, $"sys/devices/system/cpu/cpu{i}/topology");
            files[$"{cpu}/core_id"] = string.Create(CultureInfo.InvariantCulture, $"{i % 4}\n");
            files[$"{cpu}/physical_package_id"] = "0\n";
            files[$"{cpu}/thread_siblings_list"] = string.Create(CultureInfo.InvariantCulture, $"{i % 4},{(i % 4) + 4}\n");
            string counts = string.Concat(Enumerable.Range(0, Cpus).Select(other => other == i ? "       4711" : "          0"));
            interrupts += string.Create(CultureInfo.InvariantCulture, $" {30 + i}:{counts}  PCI-MSIX-0000:00:0{name[^1]}.0  {i + 1}-edge  {irq(i)}\n");
            files[string.Create(CultureInfo.InvariantCulture, $"proc/irq/{30 + i}/smp_affinity_list")] = string.Create(CultureInfo.InvariantCulture, $"{i}\n");
        }

        files["proc/interrupts"] = interrupts;
        return files;
    }
}
