namespace ZeptAdmin.Logs;

/// <summary>One row of Zeek's stats.log: what a worker did since its row before.</summary>
/// <remarks>
/// scripts/policy/misc/stats.zeek; field.md J11, K12, K13. Figures about packets of a link are there only when Zeek captures from one. What is
/// unset or lacks in the log is null. pkts_link counts what came to the socket, dropped packets among them (PACKET_STATISTICS).
/// </remarks>
public sealed record ZeekStatistic
{
    /// <summary>When it was measured (UTC).</summary>
    public DateTime Time { get; internal init; }

    /// <summary>The worker, logger, proxy or manager.</summary>
    public string Peer { get; internal init; } = "";

    /// <summary>Time since the row before of the same peer in what was read; null for its first row.</summary>
    public TimeSpan? Interval { get; internal init; }

    /// <summary>Memory in use in MiB (mem).</summary>
    public long? MemoryMiB { get; internal init; }

    /// <summary>Packets processed (pkts_proc).</summary>
    public long PacketsProcessed { get; internal init; }

    /// <summary>Bytes received (bytes_recv).</summary>
    public long? BytesReceived { get; internal init; }

    /// <summary>Packets that the kernel dropped at the socket for want of room (pkts_dropped).</summary>
    public long? PacketsDropped { get; internal init; }

    /// <summary>Packets that came to the socket, with the dropped ones (pkts_link).</summary>
    public long? PacketsLink { get; internal init; }

    /// <summary>PacketsDropped in percent of PacketsLink; null when one is null, or nothing came.</summary>
    public double? DropPercent { get; internal init; }

    /// <summary>How far the packets' time is behind the clock (pkt_lag): a worker that cannot keep up lags.</summary>
    public TimeSpan? PacketLag { get; internal init; }

    /// <summary>Packets that a filter left out (pkts_filtered).</summary>
    public long? PacketsFiltered { get; internal init; }

    /// <summary>Events processed (events_proc).</summary>
    public long? EventsProcessed { get; internal init; }

    /// <summary>Events queued (events_queued).</summary>
    public long? EventsQueued { get; internal init; }

    /// <summary>TCP connections in memory (active_tcp_conns).</summary>
    public long? ActiveTcpConnections { get; internal init; }

    /// <summary>UDP connections in memory (active_udp_conns).</summary>
    public long? ActiveUdpConnections { get; internal init; }

    /// <summary>ICMP connections in memory (active_icmp_conns).</summary>
    public long? ActiveIcmpConnections { get; internal init; }

    /// <summary>TCP connections seen (tcp_conns).</summary>
    public long? TcpConnections { get; internal init; }

    /// <summary>UDP connections seen (udp_conns).</summary>
    public long? UdpConnections { get; internal init; }

    /// <summary>ICMP connections seen (icmp_conns).</summary>
    public long? IcmpConnections { get; internal init; }

    /// <summary>Timers scheduled (timers).</summary>
    public long? Timers { get; internal init; }

    /// <summary>Timers that run (active_timers).</summary>
    public long? ActiveTimers { get; internal init; }

    /// <summary>Files seen (files).</summary>
    public long? Files { get; internal init; }

    /// <summary>Files that are being seen (active_files).</summary>
    public long? ActiveFiles { get; internal init; }

    /// <summary>DNS requests seen (dns_requests).</summary>
    public long? DnsRequests { get; internal init; }

    /// <summary>DNS requests that wait for a reply (active_dns_requests).</summary>
    public long? ActiveDnsRequests { get; internal init; }

    /// <summary>Bytes of TCP in reassembly (reassem_tcp_size).</summary>
    public long? TcpReassemblyBytes { get; internal init; }

    /// <summary>Bytes of files in reassembly (reassem_file_size).</summary>
    public long? FileReassemblyBytes { get; internal init; }

    /// <summary>Bytes of fragments in reassembly (reassem_frag_size).</summary>
    public long? FragmentReassemblyBytes { get; internal init; }

    /// <summary>Other bytes in reassembly (reassem_unknown_size).</summary>
    public long? UnknownReassemblyBytes { get; internal init; }

    /// <summary>Log that it came from.</summary>
    public string Path { get; internal init; } = "";
}
