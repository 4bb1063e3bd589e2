using System.Runtime.CompilerServices;

namespace ZeptAdmin.Logs;

/// <summary>Reads Zeek's stats.log.</summary>
public static class ZeekStatistics
{
    /// <summary>Opens logs (TSV or JSON; plain, gzip, Zstandard), which are read in this order.</summary>
    public static LogReader<ZeekStatistic> Open(IReadOnlyList<LogFile> files, LogQuery query) => new(files, query, () => new Kind(query));

    private sealed class Kind(LogQuery query) : ILogKind<ZeekStatistic>
    {
        private readonly ZeekPeers _peers = new();
        private readonly Dictionary<string, DateTime> _last = new(StringComparer.Ordinal);

        public string Name => "a Zeek stats.log";

        public ILogParser<ZeekStatistic> Read(LogFile file) => new Parser(file.Path, query, _peers, _last);

        public bool IsWhole(ZeekStatistic row) => row.Interval is not null;
    }

    private sealed class Parser(string path, LogQuery query, ZeekPeers peers, Dictionary<string, DateTime> last) : ILogParser<ZeekStatistic>
    {
        // A sensor has some hundred peers.
        private const int MostPeers = 1 << 16;

        private readonly ZeekRow _row = new(
            path, "stats", query, peers,
            "pkts_proc!", "mem", "bytes_recv", "pkts_dropped", "pkts_link", "pkt_lag.", "pkts_filtered", "events_proc", "events_queued",
            "active_tcp_conns", "active_udp_conns", "active_icmp_conns", "tcp_conns", "udp_conns", "icmp_conns", "timers", "active_timers",
            "files", "active_files", "dns_requests", "active_dns_requests",
            "reassem_tcp_size", "reassem_file_size", "reassem_frag_size", "reassem_unknown_size");

        public LineKind Parse(ReadOnlySpan<byte> line, List<ZeekStatistic> rows)
        {
            LineKind kind = _row.Read(line);
            if (kind == LineKind.Row)
            {
                rows.Add(Make());
            }
            else if (kind == LineKind.PassedOver && _row.IsNamed)
            {
                _ = Since();
            }

            return kind;
        }

        public void Flush(List<ZeekStatistic> rows)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private ZeekStatistic Make()
        {
            int column = 1;
            return new ZeekStatistic
            {
                Time = _row.When,
                Peer = _row.Who,
                Interval = Since(),
                PacketsProcessed = _row.Count(0) ?? 0,
                MemoryMiB = _row.Count(column++),
                BytesReceived = _row.Count(column++),
                PacketsDropped = _row.Count(column++),
                PacketsLink = _row.Count(column++),
                DropPercent = Percent.Of(_row.Count(3), _row.Count(4)),
                PacketLag = Span(_row.Value(column++)),
                PacketsFiltered = _row.Count(column++),
                EventsProcessed = _row.Count(column++),
                EventsQueued = _row.Count(column++),
                ActiveTcpConnections = _row.Count(column++),
                ActiveUdpConnections = _row.Count(column++),
                ActiveIcmpConnections = _row.Count(column++),
                TcpConnections = _row.Count(column++),
                UdpConnections = _row.Count(column++),
                IcmpConnections = _row.Count(column++),
                Timers = _row.Count(column++),
                ActiveTimers = _row.Count(column++),
                Files = _row.Count(column++),
                ActiveFiles = _row.Count(column++),
                DnsRequests = _row.Count(column++),
                ActiveDnsRequests = _row.Count(column++),
                TcpReassemblyBytes = _row.Count(column++),
                FileReassemblyBytes = _row.Count(column++),
                FragmentReassemblyBytes = _row.Count(column++),
                UnknownReassemblyBytes = _row.Count(column),
                Path = path,
            };
        }

        // Time since the peer's row before.
        private TimeSpan? Since()
        {
            TimeSpan? interval = last.TryGetValue(_row.Who, out DateTime before) && before < _row.When ? _row.When - before : null;
            if (interval is not null || last.Count < MostPeers)
            {
                last[_row.Who] = _row.When;
            }

            return interval;
        }

        private static TimeSpan? Span(double? seconds) => seconds is double known ? Seconds.Span(known) : null;
    }
}
