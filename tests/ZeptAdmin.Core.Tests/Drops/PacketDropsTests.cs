using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Drops;

public sealed class PacketDropsTests
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Clears_the_machine_of_the_talk_whose_zeek_misses_a_third()
    {
        // field.md K8, J10: 8444 of 11,233,814,105 at the card, 22 to 35 percent in capture_loss.log.
        DropReading reading = Reading(Noon, ("rx_packets", 11_233_814_105), ("rx_dropped", 8444)) with
        {
            Softnet = Softnet(processed: 3_200_000_000, dropped: 0),
        };
        using Sensor sensor = Sensor.Open(Repository.Snapshot("two-port-i40e"));
        DropLogs logs = DropLogs.Read(sensor, [new LogFile(Repository.Snapshot("logs/capture_loss.log"))], [], CancellationToken.None);

        PacketDrop[] rows = PacketDrops.Tell(null, reading, logs.Workers, logs.Gaps, detail: false);

        Assert.Empty(logs.Warnings);
        Assert.Equal([26.32, 35.03, 30.47, 22.50], logs.Gaps.Select(gap => Math.Round(100.0 * gap.Gaps / gap.Acks, 2)));
        Assert.Equal(8444.0 / (11_233_814_105 + 8444), Of(rows, DropLayer.Ring).Ratio!.Value, 1e-15);
        Assert.Equal(0, Of(rows, DropLayer.Softirq).Dropped);
        Assert.Equal(DropLayer.Upstream, rows[^1].LossyLayer);
        Assert.StartsWith("not dropped here", rows[^1].Note, StringComparison.Ordinal);
        Assert.Equal("Measure-FlowSymmetry e0", rows[^1].NextCommand);

        // Nobody asked the sockets: the verdict says so, and is surer once they have been.
        Assert.Contains("not counted: socket", rows[^1].Note, StringComparison.Ordinal);
        PacketDrop[] asked = PacketDrops.Tell(null, reading, [Worker("worker-1", 1000, 0)], logs.Gaps, detail: false);
        Assert.Equal((DropConfidence.Low, DropConfidence.Medium), (rows[^1].Confidence, asked[^1].Confidence));
    }

    [Fact]
    public void Counts_what_sockets_without_a_ring_dropped_and_names_who_alone_can_tell()
    {
        AfPacketSocket plain = new() { InterfaceName = "e0", Inode = 7, ProcessName = "tcpdump", ProcessId = 70, Dropped = 5 };
        AfPacketSocket ring = new() { InterfaceName = "e0", Inode = 8, ProcessName = "zeek", ProcessId = 80, RingVersion = 3 };
        DropReading before = Reading(Noon, ("rx_packets", 100)) with { Sockets = [plain, ring] };
        DropReading now = Reading(Noon.AddSeconds(2), ("rx_packets", 200)) with { Sockets = [plain with { Dropped = 25 }, ring, plain with { Inode = 9, Dropped = 3 }] };

        PacketDrop[] rows = PacketDrops.Tell(before, now, [], [], detail: true);

        PacketDrop[] sockets = [.. rows.Where(row => row.Layer == DropLayer.Socket)];
        Assert.Equal([20L, 3L, 23L], sockets.Select(row => row.Dropped!.Value));
        Assert.Equal(11.5, sockets[^1].Rate);
        Assert.Equal((DropLayer.Socket, "Get-AfPacketSocket e0"), (rows[^1].LossyLayer, rows[^1].NextCommand));

        PacketDrop[] silent = PacketDrops.Tell(null, now with { Sockets = [ring] }, [], [], detail: false);
        Assert.Null(Of(silent, DropLayer.Socket).Dropped);
        Assert.Contains("its owner alone: zeek", Of(silent, DropLayer.Socket).Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_700_000_000L, 1_700_000_002L, false)]
    [InlineData(1_700_000_000L, 1_700_009_000L, true)]
    [InlineData(1_700_000_000L, null, false)]
    public void Knows_a_boot_by_its_time_where_a_snapshot_does_not_keep_its_identity(long first, long? last, bool isAnother)
    {
        DropReading before = Reading(Noon, ("rx_dropped", 5)) with { BootId = null, BootTime = first, Softnet = Softnet(10, 0) };
        DropReading now = Reading(Noon.AddSeconds(4), ("rx_dropped", 9)) with { BootTime = last, Softnet = Softnet(20, 0) };

        PacketDrop[] rows = PacketDrops.Tell(before, now, [], [], detail: false);

        Assert.Equal((isAnother ? null : 4L, isAnother ? null : 0L), (Of(rows, DropLayer.Ring).Dropped, Of(rows, DropLayer.Softirq).Dropped));
        Assert.Equal(isAnother, rows[^1].Note.Contains("started again", StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_of_another_time_has_no_say_in_the_verdict_of_two_readings()
    {
        DropReading before = Reading(Noon, ("rx_packets", 100), ("rx_dropped", 0));
        DropReading now = Reading(Noon.AddSeconds(10), ("rx_packets", 200), ("rx_dropped", 0));
        WorkerDrops Slow(DateTime to) => Worker("w-1", 100, 50) with { From = to.AddMinutes(-5), To = to };

        Assert.Null(PacketDrops.Tell(before, now, [Slow(Noon.AddDays(-7))], [], detail: false)[^1].LossyLayer);
        Assert.Equal(DropLayer.Socket, PacketDrops.Tell(before, now, [Slow(Noon.AddSeconds(9))], [], detail: false)[^1].LossyLayer);
    }

    [Fact]
    public void Does_not_count_the_sum_of_gve_beside_its_parts()
    {
        string[] names = ["rx_packets", "rx_dropped", "rx_skb_alloc_fail", "rx_buf_alloc_fail", "rx_desc_err_dropped_pkt"];
        DropReading reading = Reading(Noon) with { Driver = "gve", Counters = NicCounters.Tell("e0", "gve", new EthtoolCounters(names, [1000, 6, 1, 2, 3])) };

        Assert.Equal(6, PacketDrops.Tell(null, reading, [], [], detail: false).Where(row => row.Layer <= DropLayer.Driver).Sum(row => row.Dropped ?? 0));
    }

    [Fact]
    public void Puts_the_parentheses_around_missed_and_errors()
    {
        PacketDrop[] rows = PacketDrops.Tell(null, Reading(Noon, ("rx_packets", 900), ("rx_dropped", 60), ("port.rx_crc_errors", 40), ("rx_crc_errors", 40)), [], [], detail: false);

        PacketDrop mac = Of(rows, DropLayer.Mac);
        PacketDrop ring = Of(rows, DropLayer.Ring);
        Assert.Equal((1000L, 40L, 40L, 0.04), (mac.Packets, mac.Dropped, mac.Errors, mac.Ratio));
        Assert.Equal((960L, 60L, 0.0625), (ring.Packets, ring.Dropped, ring.Ratio));
        Assert.Equal(DropLayer.Mac, rows[^1].LossyLayer);
    }

    [Fact]
    public void Does_not_take_failed_allocations_for_lost_packets()
    {
        PacketDrop[] rows = PacketDrops.Tell(null, Reading(Noon, ("rx_packets", 900), ("rx_alloc_fail", 7)), [], [], detail: false);

        Assert.Equal((null, 7L), (Of(rows, DropLayer.Allocation).Dropped, Of(rows, DropLayer.Allocation).Errors));
        Assert.Null(rows[^1].LossyLayer);
    }

    [Theory]
    [InlineData(10UL, 15UL, 5L)]
    [InlineData((1UL << 32) - 5, 3UL, 8L)]
    [InlineData((1UL << 40) - 5, 3UL, 8L)]
    [InlineData(1_000_000UL, 3UL, null)]
    [InlineData(ulong.MaxValue - 5, 3UL, null)]
    public void Counts_across_a_wrap_and_not_across_a_reset(ulong before, ulong after, long? expected)
    {
        PacketDrop[] rows = PacketDrops.Tell(Reading(Noon, ("rx_dropped", before)), Reading(Noon.AddSeconds(4), ("rx_dropped", after)), [], [], detail: false);

        PacketDrop ring = Of(rows, DropLayer.Ring);
        Assert.Equal((expected, expected / 4.0), (ring.Dropped, ring.Rate));
        Assert.Equal(expected is null, rows[^1].Note.Contains("started again", StringComparison.Ordinal));
    }

    [Fact]
    public void Says_nothing_of_an_interface_that_came_back_as_another()
    {
        PacketDrop[] rows = PacketDrops.Tell(
            Reading(Noon, ("rx_packets", 5)), Reading(Noon.AddSeconds(1), ("rx_packets", 9), ("rx_dropped", 3)) with { InterfaceIndex = 9 }, [], [], detail: true);

        Assert.All(rows.Take(6), row => Assert.Null(row.Dropped));
        Assert.Contains("went away", rows[^1].Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_the_backlog_modulo_32_bits_and_blames_it_only_where_it_is_used()
    {
        DropReading before = Reading(Noon, ("rx_packets", 0)) with { Softnet = Softnet(uint.MaxValue, uint.MaxValue) };
        DropReading after = Reading(Noon.AddSeconds(1), ("rx_packets", 0)) with { Softnet = Softnet(89, 9) };

        PacketDrop[] card = PacketDrops.Tell(before, after, [], [], detail: false);
        PacketDrop[] veth = PacketDrops.Tell(before with { Driver = "veth" }, after with { Driver = "veth" }, [], [], detail: true);

        Assert.Equal((10L, DropConfidence.Low), (Of(card, DropLayer.Softirq).Dropped, Of(card, DropLayer.Softirq).Confidence));
        Assert.Null(card[^1].LossyLayer);

        // RPS of another interface is no reason to blame this one; its own is.
        SoftnetStat[] ofAnother = [.. after.Softnet.Select(stat => stat with { IsRpsUsed = true, ReceivedRps = 5 })];
        Assert.Null(PacketDrops.Tell(before, after with { Softnet = ofAnother }, [], [], detail: false)[^1].LossyLayer);
        Assert.Equal(DropLayer.Softirq, PacketDrops.Tell(before, after with { HasRps = true }, [], [], detail: false)[^1].LossyLayer);
        Assert.Equal(DropLayer.Softirq, veth[^1].LossyLayer);
        Assert.Equal([0, null], veth.Where(row => row.Layer == DropLayer.Softirq).Select(row => row.Cpu));
    }

    [Fact]
    public void Finds_the_worker_that_is_too_slow()
    {
        WorkerDrops[] workers = [Worker("w-1", 100, 0), Worker("w-2", 100, 50)];

        PacketDrop[] rows = PacketDrops.Tell(null, Reading(Noon, ("rx_packets", 200), ("rx_dropped", 0)), workers, [], detail: true);

        Assert.Equal([("w-2", 50L), (null, 50L)], rows.Where(row => row.Layer == DropLayer.Socket).Select(row => (row.Worker, row.Dropped!.Value)));
        Assert.Equal((DropLayer.Socket, 0.25), (rows[^1].LossyLayer, rows[^1].Ratio));
    }

    [Fact]
    public void Tells_that_queues_do_not_add_up_to_the_card()
    {
        PacketDrop[] rows = PacketDrops.Tell(null, Reading(Noon, ("rx_packets", 100_000), ("rx-0.packets", 30_000), ("rx-1.packets", 30_000)), [], [], detail: false);

        Assert.Contains("60000", rows[^1].Note, StringComparison.Ordinal);
        Assert.Equal(100_000, Of(rows, DropLayer.Ring).Packets);
    }

    private static PacketDrop Of(PacketDrop[] rows, DropLayer layer) => Assert.Single(rows, row => row.Layer == layer);

    private static WorkerDrops Worker(string name, long received, long dropped) =>
        new() { Program = "Zeek", Worker = name, Received = received, Dropped = dropped, From = Noon.AddMinutes(-5), To = Noon, Source = "stats.log" };

    private static SoftnetStat[] Softnet(uint processed, uint dropped) => [new SoftnetStat { Cpu = 0, Processed = processed, Dropped = dropped }];

    private static DropReading Reading(DateTime time, params (string Name, ulong Value)[] counters) => new()
    {
        InterfaceName = "e0",
        Driver = "i40e",
        InterfaceIndex = 2,
        BootId = "a",
        Time = time,
        Counters = NicCounters.Tell("e0", "i40e", new EthtoolCounters(Array.ConvertAll(counters, counter => counter.Name), Array.ConvertAll(counters, counter => counter.Value))),
    };
}
