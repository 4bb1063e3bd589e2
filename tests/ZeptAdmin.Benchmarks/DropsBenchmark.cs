using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BenchmarkDotNet.Attributes;
using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Benchmarks;

/// <summary>
/// Get-PacketDrops of a card of 64 queues and 2,000 counters against what people start for it: ethtool -S through grep, and a script over
/// softnet_stat. Goal: under 5 ms, and a ratio well under 1. The card's answers are made up, all else is this machine; the tools see its real
/// card, which has fewer counters, so that the ratio is kinder to them.
/// </summary>
public class DropsBenchmark
{
    private const string Port = "eth0";
    private BigCardSensor _sensor = null!;

    [GlobalSetup]
    public void Open() => _sensor = new BigCardSensor();

    [GlobalCleanup]
    public void Close() => _sensor.Dispose();

    [Benchmark(Baseline = true)]
    public int EthtoolAndSoftnet() =>
        Tool.Run("bash", "-c", $"ethtool -S {Port} | grep -E 'drop|illegal|fault|error' | grep -v tx_; while read -r a b c d; do printf '%d %d %d\\n' 0x$a 0x$b 0x$c; done </proc/net/softnet_stat");

    [Benchmark]
    public int PacketDropsOfTheBigCard() =>
        PacketDrops.Tell(null, DropReading.Read(_sensor, Port).Value, [], [], detail: true).Length;

    /// <summary>This machine with another card in the place of its own.</summary>
    private sealed class BigCardSensor : Sensor
    {
        private readonly LiveSensor _machine = new();

        public override string Name => _machine.Name;

        public override bool IsLive => true;

        public override FileTree Files => _machine.Files;

        public override IEthtoolChannel Ethtool { get; } = new BigCard();

        public override INetlinkChannel Netlink => _machine.Netlink;

        public override DateTimeOffset Time => _machine.Time;

        protected override void Dispose(bool disposing)
        {
            _machine.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>Answers as i40e with 64 queues does: driver, names and values of 2,000 counters.</summary>
    private sealed class BigCard : IEthtoolChannel
    {
        private const int Queues = 64;
        private const int Counters = 2000;
        private const int NameBytes = 32;
        private const uint ETHTOOL_GDRVINFO = 0x03;
        private const uint ETHTOOL_GSTRINGS = 0x1b;
        private const uint ETHTOOL_GSTATS = 0x1d;
        private const uint ETHTOOL_GSSET_INFO = 0x37;

        private readonly byte[] _names = new byte[Counters * NameBytes];
        private readonly ulong[] _values = [.. Enumerable.Range(0, Counters).Select(i => (ulong)i)];

        public BigCard()
        {
            string[] known = ["rx_packets", "rx_dropped", "rx_missed_errors", "port.rx_crc_errors", "port.illegal_bytes", "port.rx_dropped", "rx_alloc_fail", "rx_pg_alloc_fail"];
            IEnumerable<string> queues = Enumerable.Range(0, Queues).SelectMany(queue => new[] { $"rx-{queue}.packets", $"rx-{queue}.bytes", $"tx-{queue}.packets", $"tx-{queue}.bytes" });
            IEnumerable<string> others = Enumerable.Range(0, Counters).Select(i => string.Create(CultureInfo.InvariantCulture, $"port.counter_{i}"));
            int at = 0;
            foreach (string name in known.Concat(queues).Concat(others).Take(Counters))
            {
                _ = Encoding.ASCII.GetBytes(name, _names.AsSpan(at));
                at += NameBytes;
            }
        }

        public Errno Send(string interfaceName, Span<byte> buffer)
        {
            switch (MemoryMarshal.Read<uint>(buffer))
            {
                case ETHTOOL_GDRVINFO:
                    _ = Encoding.ASCII.GetBytes("i40e", buffer[4..]);
                    return Errno.None;
                case ETHTOOL_GSSET_INFO when (MemoryMarshal.Read<ulong>(buffer[8..]) & 2) != 0:
                    MemoryMarshal.Write(buffer[16..], Counters);
                    return Errno.None;
                case ETHTOOL_GSTRINGS when MemoryMarshal.Read<uint>(buffer[4..]) == 1:
                    MemoryMarshal.Write(buffer[8..], Counters);
                    _names.CopyTo(buffer[12..]);
                    return Errno.None;
                case ETHTOOL_GSTATS:
                    MemoryMarshal.Write(buffer[4..], Counters);
                    MemoryMarshal.AsBytes(_values.AsSpan()).CopyTo(buffer[8..]);
                    return Errno.None;
                default:
                    return Errno.EOPNOTSUPP;
            }
        }
    }
}
