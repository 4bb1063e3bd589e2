using System.Globalization;
using ZeptAdmin.Linux;
using static ZeptAdmin.Drops.AfPacketFanoutVerdict;

namespace ZeptAdmin.Drops;

/// <summary>What is wrong with a fanout group: one rule each, null where it finds nothing.</summary>
/// <remarks>field.md J6 to J9.</remarks>
internal static class AfPacketFanoutRules
{
    private const string OneProcessProgram = "Suricata";
    private const string NeverLoadsProgram = "zeek";

    /// <summary>Every rule.</summary>
    public static IReadOnlyList<Func<AfPacketFanoutGroup, AfPacketFanoutFinding?>> All { get; } =
        [TwoPrograms, TornFlows, NoProgram, MembersAndQueues, OneMemberGetsAll, SharedPins, Unpinned, RemotePins, PinsOneOff];

    // J9: same number, same mode, same interface: the kernel takes both programs in, and each gets part of the traffic.
    internal static AfPacketFanoutFinding? TwoPrograms(AfPacketFanoutGroup group)
    {
        AfPacketSocket[] seen = [.. group.Sockets.Where(socket => socket.ProcessId is not null)];
        IGrouping<int, AfPacketSocket>[] processes = [.. seen.GroupBy(socket => socket.ProcessId!.Value)];
        bool areTwo = seen.Select(Family).Distinct().Count() > 1
            || processes.Count(process => process.Count() > 1) > 1
            || (processes.Length > 1 && Family(seen[0]) == OneProcessProgram);
        if (!areTwo)
        {
            return null;
        }

        // Zeek is a process a worker: its workers count together.
        string shares = string.Join(", ", seen
            .GroupBy(socket => Family(socket) == OneProcessProgram || Array.Exists(processes, process => process.Count() > 1 && process.Key == socket.ProcessId)
                ? string.Create(CultureInfo.InvariantCulture, $"{socket.ProcessName} (process {socket.ProcessId})")
                : socket.ProcessName ?? "")
            .Select(program => string.Create(
                CultureInfo.InvariantCulture, $"{program.Key} has {program.Count()} of {group.Sockets.Length} members and loses {1 - group.ShareOf(program):P0} of what it should see")));
        return Find("J9.TwoPrograms", Fail, $"Programs share one fanout group: {shares}.", "Give each program a fanout id (cluster-id) of its own, and start it again.");
    }

    // J6, J9: modes that know nothing of flows.
    private static AfPacketFanoutFinding? TornFlows(AfPacketFanoutGroup group) =>
        group.Sockets.Length > 1 && group.Mode is AfPacketFanoutMode.LoadBalance or AfPacketFanoutMode.Rollover or AfPacketFanoutMode.Random
            ? Find("J9.TornFlows", Fail, $"The mode {group.Mode} sends packets of one flow to several members.", "Use FANOUT_QM or FANOUT_HASH (cluster_qm, cluster_flow).")
            : null;

    // J7: Zeek knows these modes and never loads a program.
    private static AfPacketFanoutFinding? NoProgram(AfPacketFanoutGroup group) =>
        group.Mode is AfPacketFanoutMode.Cbpf or AfPacketFanoutMode.Ebpf && Array.Exists(group.Sockets, socket => Family(socket) == NeverLoadsProgram)
            ? Find("J7.NoProgram", Fail, $"The mode {group.Mode} needs a program that Zeek never loads: all packets go to the first member.", "Set af_packet_fanout_mode=AF_Packet::FANOUT_QM, and start the workers again.")
            : null;

    // J6: member = (queue + 1) modulo members.
    private static AfPacketFanoutFinding? MembersAndQueues(AfPacketFanoutGroup group)
    {
        int members = group.Sockets.Length;
        if (group.Mode != AfPacketFanoutMode.QueueMapping || group.Queues <= 1 || group.Queues == members)
        {
            return null;
        }

        return group.Queues < members
            ? Find("J6.IdleMembers", Warn, string.Create(CultureInfo.InvariantCulture, $"{members} members for {group.Queues} queues: {members - group.Queues} never see a packet."), Channels(group))
            : Find("J6.SharedMembers", Warn, string.Create(CultureInfo.InvariantCulture, $"{members} members for {group.Queues} queues: some get the packets of several."), Channels(group));
    }

    // J6: one queue, or a driver that records none, feeds one member.
    private static AfPacketFanoutFinding? OneMemberGetsAll(AfPacketFanoutGroup group) =>
        group.Sockets.Length > 1
        && ((group.Mode == AfPacketFanoutMode.QueueMapping && group.Queues == 1) || (group.Mode == AfPacketFanoutMode.Cpu && group.IrqCpus.Count > 0 && group.IrqCpus.Values.Distinct().Count() == 1 && group.Queues == group.IrqCpus.Count))
            ? Find("J6.OneMemberGetsAll", Fail, $"All packets come by one {(group.Mode == AfPacketFanoutMode.Cpu ? "CPU" : "queue")}, so one member of {group.Sockets.Length} gets them all.", Channels(group))
            : null;

    // J8: a list shorter than the workers is taken in turn, without a word.
    private static AfPacketFanoutFinding? SharedPins(AfPacketFanoutGroup group)
    {
        int[] shared =
        [
            .. group.Sockets.Where(socket => socket.ProcessId is not null).DistinctBy(socket => socket.ProcessId)
                .Select(AfPacketFanoutGroup.PinOf).OfType<int>().GroupBy(cpu => cpu).Where(cpu => cpu.Count() > 1).Select(cpu => cpu.Key).Order(),
        ];
        return shared.Length == 0 ? null
            : Find("J8.SharedPins", Fail, $"Several workers are pinned to the same CPU: {CpuList.Of(shared)}.", "Give pin_cpus as many CPUs as there are workers, each once.");
    }

    private static AfPacketFanoutFinding? Unpinned(AfPacketFanoutGroup group)
    {
        AfPacketSocket[] workers = [.. group.Sockets.Where(socket => socket.AllowedCpus is not null).DistinctBy(socket => socket.ProcessId)];

        // A process of many threads pins these, which its main thread does not show.
        bool isProcessAWorker = workers.Length == group.Sockets.Length;
        int wandering = workers.Count(socket => socket.AllowedCpus!.Count > 1);
        return !isProcessAWorker || wandering == 0 ? null
            : Find("J8.Unpinned", Warn, string.Create(CultureInfo.InvariantCulture, $"{wandering} of {workers.Length} workers may run on any of several CPUs and take their caches nowhere."), "Set pin_cpus (Zeek) or CPUAffinity= of the unit, and start the workers again.");
    }

    private static AfPacketFanoutFinding? RemotePins(AfPacketFanoutGroup group)
    {
        int[] remote =
        [
            .. group.Sockets.Select(AfPacketFanoutGroup.PinOf).OfType<int>().Distinct().Order()
                .Where(cpu => group.Node is int node && group.Nodes.GetValueOrDefault(cpu) is int own && own != node),
        ];
        return remote.Length == 0 ? null
            : Find("J8.RemotePins", Warn, string.Create(CultureInfo.InvariantCulture, $"Workers on CPUs {CpuList.Of(remote)} are not on the card's node {group.Node}."), "Pin workers to the card's node: Get-NsmTopology shows its CPUs.");
    }

    // J6: pins laid out as if queue i fed worker i.
    private static AfPacketFanoutFinding? PinsOneOff(AfPacketFanoutGroup group)
    {
        AfPacketFanoutLink[] links = group.Links;
        if (links.Length < 2 || links.Length != group.Sockets.Length || !Array.TrueForAll(links, link => link.IsSameCpu == false))
        {
            return null;
        }

        bool isOneOff = Enumerable.Range(0, links.Length).All(i => AfPacketFanoutGroup.PinOf(group.Sockets[i]) == links[i].IrqCpu);
        return !isOneOff ? null
            : Find(
                "J6.PinsOneOff", Warn,
                "The workers are pinned as if queue i fed worker i; the kernel gives queue i to worker i + 1, so no packet stays on the CPU that took its interrupt (if the workers joined in the order in which they were made).",
                "Move the last CPU of pin_cpus to its front, and start the workers again; Get-AfPacketSocket shows the order.");
    }

    private static AfPacketFanoutFinding Find(string id, AfPacketFanoutVerdict severity, string finding, string remedy) =>
        new() { Id = id, Severity = severity, Finding = finding, Remedy = remedy };

    // Names of threads and workers are variations: Suricata-Main, W#01-eth0.
    private static string Family(AfPacketSocket socket) =>
        socket.ProcessName is not string name ? ""
        : name.StartsWith(OneProcessProgram, StringComparison.OrdinalIgnoreCase) ? OneProcessProgram
        : name;

    private static string Channels(AfPacketFanoutGroup group) => string.Create(
        CultureInfo.InvariantCulture, $"As many queues as workers: Set-NicChannel {group.Sockets[0].InterfaceName} -Combined {group.Sockets.Length}, or as many workers as queues; for one queue FANOUT_HASH (cluster_flow).");
}
