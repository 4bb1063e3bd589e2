using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs;

/// <summary>Reads what Suricata counts: statistics events of eve.json, and stats.log.</summary>
public static class SuricataStatistics
{
    /// <summary>Opens logs (plain, gzip, Zstandard), which are read in this order.</summary>
    public static LogReader<SuricataStatistic> Open(IReadOnlyList<LogFile> files, LogQuery query) => new(files, query, () => new StatisticKind(query));

    /// <summary>Opens logs for single counters.</summary>
    /// <param name="files">The logs.</param>
    /// <param name="query">Which rows are wanted.</param>
    /// <param name="wants">Tells whether a counter is wanted, by its name: tcp.segment_memcap_drop.</param>
    public static LogReader<SuricataCounter> OpenCounters(IReadOnlyList<LogFile> files, LogQuery query, Func<string, bool> wants) =>
        new(files, query, () => new CounterKind(query, wants));

    /// <summary>Interface in the name of a thread (W#01-ens1f0, RX#01-ens1f0); null when there is none, or it was shortened.</summary>
    internal static string? InterfaceOf(string thread)
    {
        int dash = thread.IndexOf('-', StringComparison.Ordinal);
        string name = thread[(dash + 1)..];
        return dash > 0 && thread[..dash].Contains('#', StringComparison.Ordinal) && !name.Contains("..", StringComparison.Ordinal) && InterfaceName.IsPossible(name) ? name : null;
    }

    private sealed class StatisticKind : SuricataKind<SuricataStatistic>
    {
        private static readonly string[] Wanted =
        [
            "capture.kernel_packets", "capture.kernel_drops", "decoder.pkts", "decoder.bytes", "decoder.invalid", "tcp.pkt_on_wrong_thread",
            "tcp.reassembly_gap", "tcp.ssn_memcap_drop", "tcp.segment_memcap_drop", "flow.memcap",
        ];

        private readonly int[] _counters;

        public StatisticKind(LogQuery query)
            : base(query) => _counters = [.. Wanted.Select(name => Names.Find(System.Text.Encoding.UTF8.GetBytes(name)))];

        public override bool IsWhole(SuricataStatistic row) => row.Interval is not null;

        public override bool WantsGroup(ReadOnlySpan<byte> name) =>
            name.SequenceEqual("capture"u8) || name.SequenceEqual("decoder"u8) || name.SequenceEqual("tcp"u8) || name.SequenceEqual("flow"u8);

        private protected override bool Wants(string counter) => Array.IndexOf(Wanted, counter) >= 0;

        private protected override void Give(List<SuricataStatistic> rows, string path, SuricataReading reading, SuricataReading? before, bool isRestarted)
        {
            long? packets = Value(0);
            long? drops = Value(1) ?? (reading.LacksZeros && packets is not null ? 0 : null);
            long? packetsDelta = NotNegative(Change(_counters[0], reading, before, isRestarted));
            long? dropsDelta = NotNegative(Change(_counters[1], reading, before, isRestarted)) ?? (reading.LacksZeros && packetsDelta is not null && drops == 0 ? 0 : null);
            rows.Add(new SuricataStatistic
            {
                Time = reading.Time,
                Thread = reading.Thread,
                InterfaceName = InterfaceOf(reading.Thread),
                Uptime = Span(reading.Uptime),
                Interval = isRestarted ? Span(reading.Uptime) : before is null ? null : reading.Time - before.Time,
                IsRestarted = isRestarted,
                KernelPackets = packets,
                KernelDrops = drops,
                DropPercent = Percent.Of(drops, packets),
                KernelPacketsDelta = packetsDelta,
                KernelDropsDelta = dropsDelta,
                DropPercentDelta = Percent.Of(dropsDelta, packetsDelta),
                DecoderPackets = Value(2),
                DecoderBytes = Value(3),
                DecoderInvalid = Value(4),
                WrongThreadPackets = Value(5),
                ReassemblyGaps = Value(6),
                MemcapDrops = Value(7) is null && Value(8) is null && Value(9) is null ? null : (Value(7) ?? 0) + (Value(8) ?? 0) + (Value(9) ?? 0),
                Path = path,
            });

            long? Value(int place) => reading.Value(_counters[place]);
        }

        private static TimeSpan? Span(long? seconds) => seconds is long known ? Seconds.Span(known) : null;

        private static long? NotNegative(long? number) => number < 0 ? null : number;
    }

    private sealed class CounterKind(LogQuery query, Func<string, bool> wants) : SuricataKind<SuricataCounter>(query)
    {
        public override bool IsWhole(SuricataCounter row) => row.Delta is not null;

        public override bool WantsGroup(ReadOnlySpan<byte> name) => true;

        private protected override bool Wants(string counter) => wants(counter);

        private protected override void Give(List<SuricataCounter> rows, string path, SuricataReading reading, SuricataReading? before, bool isRestarted)
        {
            foreach (int counter in reading.Counters)
            {
                rows.Add(new SuricataCounter
                {
                    Time = reading.Time,
                    Thread = reading.Thread,
                    Name = Names[counter],
                    Value = reading.Value(counter) ?? 0,
                    Delta = Change(counter, reading, before, isRestarted),
                    Path = path,
                });
            }
        }
    }
}
