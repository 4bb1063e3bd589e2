using ZeptAdmin.Cpus;
using ZeptAdmin.Drivers;
using ZeptAdmin.Irqs;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Pcie;
using ZeptAdmin.Rss;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;
using ZeptAdmin.Topology;
using ZeptAdmin.Workers;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Plans;

/// <summary>Reads what the planner has to know, and makes the plan of a machine.</summary>
public static class PlanFacts
{
    /// <summary>Makes the plan of a machine or of the snapshot of one.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="interfaceNames">Capture ports.</param>
    /// <param name="wish">What is wanted.</param>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<NsmPlan> Plan(Sensor sensor, string[] interfaceNames, PlanWish wish)
    {
        NsmTopology topology = NsmTopologies.Get(sensor);
        string[] routed = CaptureInterfaces.Routed(sensor);
        PcieLinks links = new(sensor);
        PortFacts[] ports = [.. interfaceNames.Select(name => OfPort(sensor, topology, name, wish, routed.Contains(name), links.Get(name).Try(out PcieLink? link) ? link : null))];
        Answer<NsmPlan> made = NsmPlanner.Make(topology, OfMachine(sensor, topology), ports, wish);
        return made.Try(out NsmPlan? plan) && Include(sensor, plan) is PlanFinding finding ? plan with { Findings = [.. plan.Findings, finding] } : made;
    }

    private static PortFacts OfPort(Sensor sensor, NsmTopology topology, string name, PlanWish wish, bool isRouted, PcieLink? link)
    {
        Nic? nic = NicReader.Get(sensor, name).Try(out Nic? read) ? read : null;
        NicChannel? channels = NicChannels.Get(sensor, name).Try(out NicChannel? told) ? told : null;
        bool hasChannels = channels is { CombinedMaximum: > 1 } or { RxMaximum: > 1 };
        int? present = EthtoolRxRings.Get(sensor.Ethtool, name).Try(out int rings) ? rings : nic?.RxQueues;
        NicCapacity? capacity = NicCapacities.Find(nic?.VendorId, nic?.DeviceId);
        bool hasRss = NicRssReader.Get(sensor, name).Try(out NicRss? rss) && rss.TableSize > 0;
        RssFields fields = RssFieldsText.Parse(wish.HashFields == PlanHashFields.FragmentSafe ? "sd" : "sdfn");
        return new PortFacts
        {
            InterfaceName = name,
            Driver = nic?.Driver,
            Node = Array.Find(topology.Nics, item => item.InterfaceName == name)?.Node ?? nic?.NumaNode,
            SpeedMbps = nic?.SpeedMbps ?? nic?.MaximumSpeedMbps,
            MostQueues = hasChannels ? (int)Math.Max(channels!.CombinedMaximum, channels.RxMaximum) : present,
            HasChannels = hasChannels,
            Ring = NicRings.Get(sensor, name).Try(out NicRing? ring) ? ring : null,
            HasCoalescing = NicCoalesces.Get(sensor, name).IsKnown && nic?.Kind != "virtio",
            HasPause = NicPauses.Get(sensor, name).IsKnown,
            Flags = NicPrivateFlags.Get(sensor, name).Try(out NicPrivateFlag[]? flags) ? Array.ConvertAll(flags, flag => flag.Flag) : [],
            Features = NicFeatures.Get(sensor, name).Try(out NicFeature[]? features) ? features : [],
            HasRss = hasRss,
            HasFields = hasRss && RssPlanner.Plan(sensor, name, new RssWish { Fields = fields }).IsKnown,
            AsymmetryReason = hasRss ? Asymmetry(sensor, name) : present > 1 || hasChannels ? "The driver shows no hash settings." : null,
            HasIrqs = new IrqAffinities(sensor).Get(name).IsKnown,
            PcieGbps = link?.PayloadGbps,
            CardGbps = capacity?.MaximumMbps / 1000.0,
            CardMpps = capacity?.MaximumMillionPackets,
            IsRouted = isRouted,
            HasIpv6 = sensor.Files.Exists($"/proc/sys/net/ipv6/conf/{name}/disable_ipv6"),
        };
    }

    private static string? Asymmetry(Sensor sensor, string name)
    {
        Answer<RssPlan> symmetric = RssPlanner.Plan(sensor, name, new RssWish { IsSymmetric = true });
        return symmetric.Refusal?.Detail ?? symmetric.Refusal?.Reason;
    }

    // A file that is no YAML is told where it is to be written; the plan is made without it.
    private static PlanFinding? Include(Sensor sensor, NsmPlan plan)
    {
        try
        {
            return PlanSuricataFile.Find(sensor, plan);
        }
        catch (KernelFormatException)
        {
            return null;
        }
    }

    private static ConfigCheck[]? Suricata(Sensor sensor)
    {
        try
        {
            return PlanSuricataFile.Main(sensor.Files) is not string main ? null
                : SuricataConfigs.Import(sensor, sensor.Files, main).Try(out SuricataConfig? config) ? SuricataLint.Test(config, sensor) : [];
        }
        catch (KernelFormatException)
        {
            return [];
        }
    }

    private static MachineFacts OfMachine(Sensor sensor, NsmTopology topology)
    {
        NetBudget budget = NetBudgets.Get(sensor);
        CpuFrequencyPolicy[] policies = CpuFrequencyPolicies.Get(sensor).Try(out CpuFrequencyPolicy[]? known) ? known : [];
        return new MachineFacts
        {
            CommandLine = sensor.Files.ReadText("/proc/cmdline") ?? "",
            Arguments = KernelArgumentRules.Test(sensor).Try(out KernelArgumentFinding[]? arguments) ? arguments : [],
            Zeek = ZeekFiles.Test(sensor).Checks,
            Suricata = Suricata(sensor),
            HasZeek = ZeekFiles.Target(sensor.Files) is not null,
            Cloud = CloudMachine.Of(sensor.Files),
            Governed = CpuList.Of(policies.Where(policy => policy.AvailableGovernors.Contains(CpuFrequencyPolicies.Performance)).SelectMany(policy => policy.Cpu.ToArray())),
            Limitable = CpuLatencyLimits.Limitable(sensor, topology.OnlineCpus),
            Housekeeping = Array.ConvertAll(CpuHousekeepings.Get(sensor), part => part.Part),
            HasIrqBalance = IrqBalances.FindSettings(sensor.Files) is not null,
            BudgetPackets = budget.Packets,
            BudgetMicroseconds = budget.Microseconds,
        };
    }
}
