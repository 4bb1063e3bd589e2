using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Drops;

/// <summary>Weighs the fanout groups of a machine.</summary>
public static class AfPacketFanouts
{
    // It passes the sender's queue on as it is and records none (drivers/net/veth.c veth_forward_skb).
    private const string PassesQueueOn = "veth";

    /// <summary>All groups, by interface and number.</summary>
    /// <returns>ENOENT where the kernel has no packet_diag; ENODATA for a snapshot without them.</returns>
    public static Answer<AfPacketFanout[]> Test(Sensor sensor) => AfPacketSockets.Get(sensor).Select(sockets =>
    {
        Dictionary<int, int?> nodes = NsmTopologies.Get(sensor).Threads.ToDictionary(thread => thread.Cpu, thread => thread.Node);
        return sockets
            .Where(socket => socket.FanoutId is not null)
            .GroupBy(socket => (socket.FanoutId, socket.InterfaceName, socket.FanoutMode))
            .OrderBy(group => group.Key.InterfaceName, StringComparer.Ordinal).ThenBy(group => group.Key.FanoutId)
            .Select(group => Weigh(AfPacketFanoutGroup.Read(sensor, [.. group], nodes)))
            .ToArray();
    });

    /// <summary>The member that gets the packets of a queue in a group by queue mapping.</summary>
    /// <remarks>
    /// skb_record_rx_queue keeps queue + 1 and fanout_demux_qm takes that modulo the members (field.md J6, measured); veth passes on what the
    /// sender's queue was.
    /// </remarks>
    public static int MemberOf(int queue, int members, string? driver) => Mapping(queue, RecordsQueue(driver)) % members;

    /// <summary>What the packets of a queue carry as their queue mapping.</summary>
    internal static int Mapping(int queue, bool recordsQueue) => recordsQueue ? queue + 1 : queue;

    /// <summary>True when the driver records the queue plus one in each packet; false for one that passes on what the sender's queue was.</summary>
    internal static bool RecordsQueue(string? driver) => driver != PassesQueueOn;

    internal static AfPacketFanout Weigh(AfPacketFanoutGroup group)
    {
        AfPacketFanoutFinding[] findings = [.. AfPacketFanoutRules.All.Select(rule => rule(group)).OfType<AfPacketFanoutFinding>()];
        return new AfPacketFanout
        {
            FanoutId = group.Sockets[0].FanoutId!.Value,
            InterfaceName = group.Sockets[0].InterfaceName,
            Mode = group.Mode,
            Members = group.Sockets.Length,
            Queues = group.Queues,
            Programs = [.. group.Sockets.Select(socket => socket.ProcessName).OfType<string>().Distinct()],
            Severity = findings.Select(finding => finding.Severity).DefaultIfEmpty().Max(),
            Findings = findings,
            Links = group.Links,
            Sockets = group.Sockets,
        };
    }
}
