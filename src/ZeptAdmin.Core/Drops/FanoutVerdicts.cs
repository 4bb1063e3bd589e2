using System.Globalization;
using ZeptAdmin.Linux;
using static ZeptAdmin.Drops.AfPacketFanoutConfidence;

namespace ZeptAdmin.Drops;

/// <summary>Tells what a measurement of a fanout group shows, and how sure it is.</summary>
internal static class FanoutVerdicts
{
    /// <summary>The group, with links as they were measured.</summary>
    /// <param name="group">The group as it was before.</param>
    /// <param name="recordsQueue">True when the driver records the queue plus one; false where it passes on the queue of the sender (veth).</param>
    /// <param name="seen">What was seen.</param>
    /// <param name="readerOf">The thread that reads a socket, by the socket's number.</param>
    /// <param name="isSame">True when the group still has the same members.</param>
    public static AfPacketFanout Tell(AfPacketFanout group, bool recordsQueue, FanoutSightings seen, Func<long, FanoutThread?> readerOf, bool isSame)
    {
        bool recordsNone = recordsQueue && group.Queues > 1 && seen.Total > 0 && seen.OfValue(0) == seen.Total;
        int[][] candidates = isSame ? seen.Candidates() : [];
        AfPacketFanoutLink[] links = Array.ConvertAll(group.Links, link =>
        {
            int value = recordsNone ? 0 : AfPacketFanouts.Mapping(link.Queue, recordsQueue);
            return Link(group, link with { Member = value % group.Members, Packets = recordsNone ? null : seen.OfValue(value) }, candidates, seen, readerOf, isSame);
        });
        AfPacketFanoutFinding[] measured = [.. Findings(group, links, recordsNone, seen)];
        AfPacketFanoutFinding[] findings =
        [
            .. group.Findings.Where(finding => !IsReplaced(finding.Id, links) && !Array.Exists(measured, other => other.Id == finding.Id)), .. measured,
        ];
        return group with
        {
            Links = links,
            Findings = findings,
            Severity = findings.Select(finding => finding.Severity).DefaultIfEmpty().Max(),
            Elapsed = seen.Elapsed,
            SameCpuPercent = SameCpuPercent(links),
        };
    }

    private static AfPacketFanoutLink Link(
        AfPacketFanout group, AfPacketFanoutLink link, int[][] candidates, FanoutSightings seen, Func<long, FanoutThread?> readerOf, bool isSame)
    {
        int place = link.Member;
        if (candidates.Length > 0 && candidates[place] is [int only])
        {
            string traffic = link.Packets is null ? "The driver records no queue, so all packets go to the first member."
                : seen.LoggedOf(only) is WorkerDrops logged ? Text($"Its member counted {logged.Received} packets from {logged.From:HH:mm:ss} to {logged.To:HH:mm:ss} by its own statistics, which no other place was sent.")
                : link.Packets == 0 ? "No packet came on the queue; all other members have a place of their own."
                : Text($"{link.Packets} packets came on the queue; its member got {Number(seen.OfMember(only))}, and no other fits.");
            return Named(group, link, only, readerOf) with { MemberPackets = seen.OfMember(only), Confidence = Measured, Evidence = traffic };
        }

        string why = !isSame ? "Members came or went in the meantime."
            : seen.Total == 0 ? "No packet came in the time: the order of making is assumed."
            : candidates.Length == 0 ? "What members got does not add up with what queues brought: a filter of the program, packets that the port sent, or drops at the ring."
            : Array.TrueForAll(candidates[place], member => seen.OfMember(member) is null) ? "What the members that are left got cannot be counted: their rings cannot be read, were full or went round between two looks, or are none; and no statistics of their own decide it."
            : link.Packets == 0 ? "No packet came on the queue."
            : Text($"It does not decide: {candidates[place].Length} members fit alike. Watch longer, or while the queues' traffic differs.");

        // What is assumed must at least not be disproved.
        bool mayBeAssumed = isSame && (seen.Total == 0 || (candidates.Length > 0 && Enumerable.Range(0, candidates.Length).All(each => candidates[each].Contains(each))));
        return mayBeAssumed
            ? Named(group, link, place, readerOf) with { Confidence = Assumed, Evidence = why }
            : link with { Inode = null, ProcessId = null, Cpu = null, Confidence = Undecided, Evidence = why };
    }

    private static AfPacketFanoutLink Named(AfPacketFanout group, AfPacketFanoutLink link, int member, Func<long, FanoutThread?> readerOf)
    {
        AfPacketSocket socket = group.Sockets[member];
        FanoutThread? reader = readerOf(socket.Inode);
        bool isProcessAWorker = group.Sockets.Count(other => other.ProcessId == socket.ProcessId) == 1;
        return link with
        {
            Inode = socket.Inode,
            ProcessId = socket.ProcessId,
            ThreadId = reader?.Id,
            ThreadName = reader?.Name,
            Cpu = reader is not null ? (reader.AllowedCpus is { Count: 1 } own ? own.First : null) : isProcessAWorker ? AfPacketFanoutGroup.PinOf(socket) : null,
        };
    }

    private static IEnumerable<AfPacketFanoutFinding> Findings(AfPacketFanout group, AfPacketFanoutLink[] links, bool recordsNone, FanoutSightings seen)
    {
        if (recordsNone)
        {
            yield return new AfPacketFanoutFinding
            {
                Id = "J6.NoQueueRecorded",
                Severity = AfPacketFanoutVerdict.Fail,
                Finding = Text($"The driver records no queue: all {seen.Total} packets of {group.Queues} queues went to one member of {group.Members}."),
                Remedy = "Use FANOUT_HASH (cluster_flow).",
            };
        }

        if (seen.Total > 0 && Array.TrueForAll([.. Enumerable.Range(0, group.Members)], member => seen.OfMember(member) is not null)
            && AfPacketFanoutRules.TwoPrograms(new AfPacketFanoutGroup
            {
                Sockets = group.Sockets,
                Shares = Enumerable.Range(0, group.Members).ToDictionary(member => group.Sockets[member].Inode, member => Math.Min(1, (double)seen.OfMember(member)!.Value / seen.Total)),
            }) is AfPacketFanoutFinding two)
        {
            yield return two with { Finding = two.Finding[..^1] + ", as measured." };
        }

        if (SameCpuPercent(links) is double percent and < 100)
        {
            AfPacketFanoutLink[] moved = Array.FindAll(links, link => link.IsSameCpu == false);
            yield return new AfPacketFanoutFinding
            {
                Id = "J6.OtherCpu",
                Severity = AfPacketFanoutVerdict.Warn,
                Finding = Text($"{percent:0.#} percent of the packets are handled on the CPU that took their interrupt; those of the queues {CpuList.Of(moved.Select(link => link.Queue))} change it."),
                Remedy = Text($"Move the interrupts to the workers: Set-IrqAffinity {group.InterfaceName} -Queue {string.Join(',', moved.Select(link => link.Queue))} -Cpu {string.Join(',', moved.Select(link => link.Cpu))}; or the pins of the workers to the interrupts. After a restart of the workers measure again."),
            };
        }
    }

    // What was an assumption is no finding where it was measured.
    private static bool IsReplaced(string id, AfPacketFanoutLink[] links) => id == "J6.PinsOneOff" && Array.TrueForAll(links, link => link.Confidence == Measured);

    // Null unless all queues that brought something are known from end to end.
    private static double? SameCpuPercent(AfPacketFanoutLink[] links)
    {
        AfPacketFanoutLink[] busy = Array.FindAll(links, link => link.Packets > 0);
        return busy.Length == 0 || Array.Exists(busy, link => link.Confidence != Measured || link.IsSameCpu is null)
            ? null
            : 100.0 * busy.Where(link => link.IsSameCpu == true).Sum(link => link.Packets!.Value) / busy.Sum(link => link.Packets!.Value);
    }

    private static string Number(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
