using ZeptAdmin.Linux;

namespace ZeptAdmin.Rss.Balance;

/// <summary>What one worker gets that captures from the interface: a member of a fanout group by queue, or a socket that stands alone.</summary>
/// <remarks>member = (queue + 1) modulo members, in the order in which the sockets were made (field.md J6).</remarks>
public sealed record RssWorkerLoad
{
    /// <summary>Number of the fanout group; null for a socket in no group.</summary>
    public int? FanoutId { get; internal init; }

    /// <summary>Number of the member, from 0.</summary>
    public int Member { get; internal init; }

    /// <summary>Process of the member; null when it is not seen.</summary>
    public int? ProcessId { get; internal init; }

    /// <summary>Name of the process; null when it is not seen.</summary>
    public string? ProcessName { get; internal init; }

    /// <summary>CPUs that the process may run on; null when it is not seen.</summary>
    public CpuList? Cpus { get; internal init; }

    /// <summary>Queues whose packets it gets.</summary>
    public int[] Queues { get; internal init; } = [];

    /// <summary>Packets.</summary>
    public long Packets { get; internal init; }

    /// <summary>Bytes on the wire.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Flows with a packet for this worker; one whose directions part counts for both its workers.</summary>
    public long Flows { get; internal init; }

    /// <summary>Part of all packets, 0 to 1.</summary>
    public double Share { get; internal init; }
}

/// <summary>Workers that share an interface, and which one each queue feeds.</summary>
/// <param name="MemberOfQueue">Member by queue.</param>
/// <param name="Members">Who they are, without a load.</param>
internal sealed record RssWorkerGroup(int[] MemberOfQueue, RssWorkerLoad[] Members)
{
    /// <summary>The members with what they get.</summary>
    /// <param name="queues">What the queues get.</param>
    /// <param name="twice">Flows that a worker would count twice, because both directions come to it by different queues; by member.</param>
    /// <param name="packets">All packets.</param>
    public IEnumerable<RssWorkerLoad> Load(RssQueueLoad[] queues, long[] twice, long packets)
    {
        for (int member = 0; member < Members.Length; member++)
        {
            RssQueueLoad[] own = [.. queues.Where(queue => MemberOfQueue[queue.Queue] == member)];
            long sum = own.Sum(queue => queue.Packets);
            yield return Members[member] with
            {
                Queues = Array.ConvertAll(own, queue => queue.Queue),
                Packets = sum,
                Bytes = own.Sum(queue => queue.Bytes),
                Flows = own.Sum(queue => queue.Flows) - twice[member],
                Share = packets == 0 ? 0 : (double)sum / packets,
            };
        }
    }
}
