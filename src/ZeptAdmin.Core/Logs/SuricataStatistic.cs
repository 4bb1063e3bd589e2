namespace ZeptAdmin.Logs;

/// <summary>What Suricata counted, all threads together or one of them: one statistics event of its eve.json, or one block of its stats.log.</summary>
/// <remarks>
/// src/output-json-stats.c, src/log-stats.c of Suricata; field.md K14. Counters run since Suricata's start. kernel_packets counts what came to
/// the sockets, dropped packets among them (PACKET_STATISTICS, K12). A counter that the log lacks is null; stats.log leaves out those that are 0.
/// </remarks>
public sealed record SuricataStatistic
{
    /// <summary>When it was written (UTC).</summary>
    public DateTime Time { get; internal init; }

    /// <summary>The thread, as W#01-ens1f0; Total for all together.</summary>
    public string Thread { get; internal init; } = "";

    /// <summary>Interface that the thread captures from, as far as its name tells; null for others and where Suricata shortened the name.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>Time since Suricata's start; null when the log does not say.</summary>
    public TimeSpan? Uptime { get; internal init; }

    /// <summary>Time that the deltas are of: since the event before in what was read, or since the start where Suricata was started anew; null for the first.</summary>
    public TimeSpan? Interval { get; internal init; }

    /// <summary>True when Suricata was started anew since the event before.</summary>
    public bool IsRestarted { get; internal init; }

    /// <summary>Packets that came to the sockets, with the dropped ones (capture.kernel_packets).</summary>
    public long? KernelPackets { get; internal init; }

    /// <summary>Packets that the kernel dropped at the sockets for want of room (capture.kernel_drops).</summary>
    public long? KernelDrops { get; internal init; }

    /// <summary>KernelDrops in percent of KernelPackets since the start.</summary>
    public double? DropPercent { get; internal init; }

    /// <summary>Packets of the interval.</summary>
    public long? KernelPacketsDelta { get; internal init; }

    /// <summary>Drops of the interval.</summary>
    public long? KernelDropsDelta { get; internal init; }

    /// <summary>Drops of the interval in percent of its packets.</summary>
    public double? DropPercentDelta { get; internal init; }

    /// <summary>Packets decoded (decoder.pkts).</summary>
    public long? DecoderPackets { get; internal init; }

    /// <summary>Bytes decoded (decoder.bytes).</summary>
    public long? DecoderBytes { get; internal init; }

    /// <summary>Packets that could not be decoded (decoder.invalid).</summary>
    public long? DecoderInvalid { get; internal init; }

    /// <summary>TCP packets that came to another thread than their flow's (tcp.pkt_on_wrong_thread): the hash is not symmetric.</summary>
    public long? WrongThreadPackets { get; internal init; }

    /// <summary>Gaps in TCP streams (tcp.reassembly_gap): data that was not seen.</summary>
    public long? ReassemblyGaps { get; internal init; }

    /// <summary>What was given up for want of memory: tcp.ssn_memcap_drop, tcp.segment_memcap_drop and flow.memcap together.</summary>
    public long? MemcapDrops { get; internal init; }

    /// <summary>Log that it came from.</summary>
    public string Path { get; internal init; } = "";
}
