using System.Globalization;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Plans;

/// <summary>The settings that a plan comes to, each with its reason and source.</summary>
internal static class PlanRows
{
    /// <summary>Time from a packet to its interrupt with which the talk starts: 11,905 interrupts a second.</summary>
    public const int CoalescingMicroseconds = 84;

    private const long RingDescriptors = 512;
    private const int BudgetPackets = 600;
    private const int BudgetMicroseconds = 8000;
    private const string Machine = "machine";

    /// <summary>All rows, in the order in which they are made: by card, then by kind, then the machine.</summary>
    public static IEnumerable<PlanRow> Of(NsmPlan plan, MachineFacts machine, PortFacts[] ports, PlanWish wish, CpuList isolated) =>
    [
        .. plan.Ports.SelectMany(port => OfPort(port, Array.Find(ports, facts => facts.InterfaceName == port.InterfaceName)!, wish)),
        .. OfMachine(plan, machine, wish),
        .. OfHousekeeping(plan, machine),
        .. OfCommandLine(isolated),
        .. plan.Ports.SelectMany(OfZeek),
        .. OfZeekCluster(plan),
        .. plan.Ports.SelectMany(port => OfSuricata(plan, port)),
        .. OfSuricataThreads(plan),
    ];

    /// <summary>Depth of the receive ring: 512, more only where a queue's packets need it between two interrupts.</summary>
    public static long Ring(PortFacts facts, double? mppsPerQueue)
    {
        long needed = mppsPerQueue is double mpps ? RingForRate.Descriptors(facts.Ring!, (long)(mpps * 1e6), CoalescingMicroseconds) : RingDescriptors;
        return Math.Min(Math.Max(needed, RingDescriptors), facts.Ring!.RxMaximum);
    }

    private static IEnumerable<PlanRow> OfPort(PlanPort port, PortFacts facts, PlanWish wish)
    {
        string name = port.InterfaceName;
        string queues = Number(port.IrqCpus.Length);
        if (facts.HasChannels)
        {
            yield return Row(PlanRowKind.Queues, name, queues, port.Fanout == PlanFanout.QueueMapping ? "As many queues as workers: FANOUT_QM sends each queue to one of them." : "A queue for each CPU that takes interrupts.", "field.md I11, J6");
        }

        if (facts.Ring is { RxMaximum: > 0 })
        {
            yield return Row(PlanRowKind.RxRing, name, Number(Ring(facts, port.Capacity.MppsPerQueue)), "Shallow enough that its buffers stay in L3 (misses fell from 15 % to 0.2 %), deep enough for what a queue receives between two interrupts.", "field.md I1, I2, I5, R6");
        }

        foreach ((string flag, string value, string reason, string source) in Flags)
        {
            if (facts.Flags.Contains(flag))
            {
                yield return Row(PlanRowKind.PrivateFlag, $"{name}/{flag}", value, reason, source);
            }
        }

        foreach ((string feature, bool isOn) in CaptureProfile.Features)
        {
            // What cannot be changed is not a decision.
            if (Array.Find(facts.Features, known => known.Feature == feature) is { IsFixed: false })
            {
                yield return Row(
                    PlanRowKind.Feature, $"{name}/{feature}", isOn ? On : Off,
                    isOn ? "What spreads flows, drops early or hands on the VLAN tag stays." : "Merging and cutting of packets destroys their sizes and their order.", isOn ? "field.md H7, G7, I9" : "field.md I9");
            }
        }

        if (facts.HasCoalescing)
        {
            yield return Row(PlanRowKind.Coalescing, name, Number(CoalescingMicroseconds), "A steady rate of 11,905 interrupts a second; adaptive mode guesses and is wrong at every burst.", "the talk; field.md I4, R5");
        }

        if (facts.HasPause)
        {
            yield return Row(PlanRowKind.Pause, name, Off, "A sensor must never slow the port that mirrors to it.", "SEPTun; field.md I8");
        }

        bool spreads = facts.HasRss && port.IrqCpus.Length > 1;
        if (spreads && facts.HasFields)
        {
            bool safe = wish.HashFields == PlanHashFields.FragmentSafe;
            yield return Row(
                PlanRowKind.HashFields, name, safe ? "sd" : "sdfn",
                safe ? "Only the first fragment has ports: hashed by addresses, a datagram stays in one queue." : "Ports spread finer; fragments of a datagram part.", safe ? "the talk; field.md H2, H3, R2" : "SEPTun Mark II, Suricata's guide; field.md R2");
        }

        if (spreads && facts.AsymmetryReason is null)
        {
            yield return Row(PlanRowKind.SymmetricHash, name, On, "Both directions of a connection have to meet in one queue.", "field.md H4, H5, H10");
        }

        if (spreads)
        {
            yield return Row(PlanRowKind.HashQueues, name, queues, "The indirection table spreads over the queues evenly; a change of queues threw it away.", "field.md H8, H9");
        }

        foreach (int udp in wish.DropUdpPorts.Distinct().Order())
        {
            yield return Row(PlanRowKind.DropUdpPort, $"{name}/{Number(udp)}", On, "Dropped in the card, unseen by any sensor: keep it in the inventory. By destination only: on i40e a rule by source port cannot stand beside it.", "the talk; field.md G5, G6, G9");
        }

        if (!facts.IsRouted)
        {
            yield return Row(PlanRowKind.Link, name, "capture", "Up and promiscuous, without ARP: the port takes all frames and shows itself to nobody.", "field.md I10");
            if (facts.HasIpv6)
            {
                yield return Row(PlanRowKind.Ipv6, name, Off, "IPv6 makes a port send neighbour and router solicitations of its own.", "field.md D12, I10");
            }
        }

        if (facts.HasIrqs)
        {
            yield return Row(PlanRowKind.IrqAffinity, name, string.Join(',', port.IrqCpus), "Each queue's interrupt on its CPU; written last, since queues, rings and flags reset it.", "the talk; field.md F1, F8, section 6");
        }

        yield return Row(PlanRowKind.Rps, name, Off, "With an interrupt of its own each queue needs no second spread in software.", "field.md F7, K9");
    }

    private const string On = "on";
    private const string Off = "off";

    private static readonly (string Flag, string Value, string Reason, string Source)[] Flags =
    [
        ("flow-director-atr", Off, "ATR puts packets of a connection into another queue than the hash would.", "the talk; field.md G1"),
        ("disable-fw-lldp", On, "The agent in the firmware eats LLDP frames and may set up traffic classes.", "field.md G3"),
        ("fw-lldp-agent", Off, "The agent in the firmware eats LLDP frames and may set up traffic classes.", "field.md G3"),
    ];

    // The other threads of the kernel are left: new ones begin at any time, and isolcpus keeps those off that nobody pinned.
    private static readonly (CpuHousekeepingPart Part, string Reason)[] Housekeeping =
    [
        (CpuHousekeepingPart.UnboundWork, "Work that is bound to no CPU comes to any that it may, isolated or not: the scheduler is not asked."),
        (CpuHousekeepingPart.Writeback, "Changed pages are written back where no worker is; it has CPUs of its own within the limit of unbound work."),
        (CpuHousekeepingPart.Watchdog, "The watchdogs wake each of their CPUs every few seconds."),
        (CpuHousekeepingPart.NewInterrupts, "Interrupts that are asked for from now on begin on the system's CPUs."),
        (CpuHousekeepingPart.RcuThreads, "With rcu_nocbs these threads call back for the workers' CPUs; they are to do it elsewhere."),
    ];

    private static IEnumerable<PlanRow> OfMachine(NsmPlan plan, MachineFacts machine, PlanWish wish)
    {
        CpuList busy = CpuList.Of(plan.Cpus.Where(role => role.Role is CpuRole.Irq or CpuRole.Worker or CpuRole.IrqAndWorker).SelectMany(role => role.Cpus.ToArray()));
        if (machine.HasIrqBalance)
        {
            yield return Row(PlanRowKind.IrqBalance, Machine, busy.ToString(), "irqbalance moves interrupts every ten seconds; it leaves these CPUs and the cards' interrupts alone.", "SEPTun; field.md F6");
        }

        if (machine.BudgetPackets is int packets)
        {
            yield return Row(PlanRowKind.NetBudget, "netdev_budget", Number(Math.Max(BudgetPackets, packets)), "A softirq that has used up its packets leaves the ring to fill.", "field.md F11");
        }

        if (machine.BudgetMicroseconds is int microseconds)
        {
            yield return Row(PlanRowKind.NetBudget, "netdev_budget_usecs", Number(Math.Max(BudgetMicroseconds, microseconds)), "Since Linux 4.12 the time ends most rounds before the packets do.", "field.md F11");
        }

        if (busy.Intersect(machine.Governed) is { IsEmpty: false } governed)
        {
            yield return Row(PlanRowKind.Governor, governed.ToString(), "performance", "Frequency is not to be found anew at each burst; turbo stays.", "SEPTun; field.md E2, R1");
        }

        if (busy.Intersect(machine.Limitable) is { IsEmpty: false } limited)
        {
            yield return Row(
                PlanRowKind.IdleLatency, limited.ToString(), Number(wish.IdleLatencyMicroseconds),
                "These CPUs wake in time for the next packet; the others may sleep deeply, which leaves turbo to these. No state is forbidden for good, unlike max_cstate.", "field.md E1, R1, D5");
        }
    }

    private static IEnumerable<PlanRow> OfHousekeeping(NsmPlan plan, MachineFacts machine) =>
        from part in Housekeeping
        where machine.Housekeeping.Contains(part.Part)
        select Row(PlanRowKind.Housekeeping, part.Part.ToString(), Array.Find(plan.Cpus, role => role.Role == CpuRole.Housekeeping)!.Cpus.ToString(), part.Reason, "SEPTun; field.md D9");

    private static IEnumerable<PlanRow> OfCommandLine(CpuList isolated)
    {
        if (!isolated.IsEmpty)
        {
            yield return Row(PlanRowKind.KernelArgument, "isolcpus", isolated.ToString(), "The scheduler puts nothing else on the cores of workers; what is pinned there stays there. Documented as deprecated and still the only one that needs no service of its own.", "the talk; field.md D1");
            yield return Row(PlanRowKind.KernelArgument, "rcu_nocbs", isolated.ToString(), "Callbacks of RCU run elsewhere.", "the talk; field.md D2");
        }
    }

    private static IEnumerable<PlanRow> OfZeek(PlanPort port)
    {
        string name = port.InterfaceName;
        bool byQueue = port.Fanout == PlanFanout.QueueMapping;
        yield return Row(PlanRowKind.Zeek, $"{name}/interface", $"af_packet::{name}", "AF_PACKET is built into Zeek since 5.2.", "field.md J3, section 5");
        yield return Row(PlanRowKind.Zeek, $"{name}/lb_procs", Number(port.WorkerCpus.Length), "As many workers as CPUs for them.", "field.md J1, J6");
        yield return Row(PlanRowKind.Zeek, $"{name}/lb_method", "custom", "The interface has its prefix, so the method is custom.", "field.md J3");
        yield return Row(PlanRowKind.Zeek, $"{name}/pin_cpus", string.Join(',', port.WorkerCpus), "One CPU for each worker, in the order in which they join the group; none of the system's, none of an interrupt's.", "field.md J6, J8, R10");
        yield return Row(PlanRowKind.Zeek, $"{name}/af_packet_fanout_id", Number(port.FanoutId), "Another for each interface: two programs in one group get half of the traffic each.", "field.md J9");
        yield return Row(PlanRowKind.Zeek, $"{name}/af_packet_fanout_mode", byQueue ? "AF_Packet::FANOUT_QM" : "AF_Packet::FANOUT_HASH", port.Reason, byQueue ? "field.md J6" : "field.md H13, R3");
        yield return Row(PlanRowKind.Zeek, $"{name}/af_packet_buffer_size", "134217728", "128 MiB for each worker, which is Zeek's default by now.", "the talk; field.md J5");
    }

    private static IEnumerable<PlanRow> OfZeekCluster(NsmPlan plan)
    {
        // One CPU for each of manager, logger and proxy while there are as many, the last for the rest.
        int[] system = Array.Find(plan.Cpus, role => role.Role == CpuRole.Housekeeping)?.Cpus.ToArray() ?? [];
        string[] nodes = ["manager", "logger", "proxy"];
        return nodes.Select((node, index) => Row(
            PlanRowKind.Zeek, $"{node}/pin_cpus", Number(system[Math.Min(index, system.Length - 1)]), "Manager, logger and proxies stay on the system's cores: in the talk they shared CPUs 0 and 1 with workers.", "field.md J1, J13, R10"));
    }

    private static IEnumerable<PlanRow> OfSuricata(NsmPlan plan, PlanPort port)
    {
        bool byQueue = port.Fanout == PlanFanout.QueueMapping;
        yield return Row(PlanRowKind.Suricata, $"{port.InterfaceName}/threads", Number(port.WorkerCpus.Length), "As many threads as CPUs for them.", "field.md L2, L8");
        yield return Row(PlanRowKind.Suricata, $"{port.InterfaceName}/cluster-id", Number(PlanSuricata.ClusterId(plan, port)), "Another for each interface, and another than Zeek's: two programs in one group get half of the packets each.", "field.md J9");
        yield return Row(PlanRowKind.Suricata, $"{port.InterfaceName}/cluster-type", byQueue ? "cluster_qm" : "cluster_flow", port.Reason, byQueue ? "field.md L2, J6" : "field.md L1, L10");
    }

    private static IEnumerable<PlanRow> OfSuricataThreads(NsmPlan plan)
    {
        CpuList system = Array.Find(plan.Cpus, role => role.Role == CpuRole.Housekeeping)?.Cpus ?? CpuList.Empty;
        yield return Row(PlanRowKind.Suricata, "management-cpu-set", system.ToString(), "Management threads stay on the system's cores.", "field.md L4");
        yield return Row(PlanRowKind.Suricata, "worker-cpu-set", CpuList.Of(plan.Ports.SelectMany(port => port.WorkerCpus)).ToString(), "A CPU for each worker thread.", "field.md L4");
    }

    private static PlanRow Row(PlanRowKind kind, string target, string value, string reason, string source) =>
        new() { Kind = kind, Target = target, Value = value, Reason = reason, Source = source };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
