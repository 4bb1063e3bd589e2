using System.Runtime.InteropServices;
using System.Text;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Nics;

public sealed class NicCounterTests
{
    [Fact]
    public void Takes_rx_dropped_of_i40e_for_missing_descriptors_until_the_driver_split_it()
    {
        NicCounter[] old = Tell("i40e", "rx_dropped", "port.rx_dropped");
        NicCounter[] split = Tell("i40e", "rx_dropped", "rx_missed_errors", "port.rx_dropped");

        Assert.Equal(["rx_no_descriptors", "rx_fifo_dropped"], old.Select(counter => counter.CanonicalName));
        Assert.Equal(["rx_dropped_other", "rx_no_descriptors", "rx_fifo_dropped"], split.Select(counter => counter.CanonicalName));
        Assert.All(split, counter => Assert.True(counter.IsLoss));
    }

    [Theory]
    [InlineData("i40e", "rx-12.packets", 12, CounterDirection.Receive, "rx_packets", CounterLayer.Ring)]
    [InlineData("i40e", "port.rx_size_127", null, CounterDirection.Receive, null, CounterLayer.Wire)]
    [InlineData("i40e", "port.fdir_sb_match", null, CounterDirection.None, "fdir_rule_match", CounterLayer.FlowDirector)]
    [InlineData("ice", "rx_queue_3_packets", 3, CounterDirection.Receive, "rx_packets", CounterLayer.Ring)]
    [InlineData("ice", "rx_crc_errors.nic", null, CounterDirection.Receive, "rx_crc_errors", CounterLayer.Mac)]
    [InlineData("ixgbe", "rx_no_dma_resources", null, CounterDirection.Receive, "rx_no_descriptors", CounterLayer.Ring)]
    [InlineData("ixgbe", "fdir_miss", null, CounterDirection.None, "fdir_miss", CounterLayer.FlowDirector)]
    [InlineData("igb", "rx_queue_1_drops", 1, CounterDirection.Receive, "rx_no_descriptors", CounterLayer.Ring)]
    [InlineData("mlx5_core", "rx_128_to_255_bytes_phy", null, CounterDirection.Receive, null, CounterLayer.Wire)]
    [InlineData("mlx5_core", "rx7_buff_alloc_err", 7, CounterDirection.Receive, "rx_alloc_failed", CounterLayer.Allocation)]
    [InlineData("mlx5_core", "rx_prio2_discards", null, CounterDirection.Receive, "rx_fifo_dropped_priority", CounterLayer.Fifo)]
    [InlineData("mlx5_core", "rx_discards_phy", null, CounterDirection.Receive, "rx_fifo_dropped", CounterLayer.Fifo)]
    [InlineData("ena", "queue_5_rx_page_alloc_fail", 5, CounterDirection.Receive, "rx_page_alloc_failed", CounterLayer.Allocation)]
    [InlineData("gve", "rx_no_buffers_posted[2]", 2, CounterDirection.Receive, "rx_no_descriptors", CounterLayer.Ring)]
    [InlineData("virtio_net", "tx0_kicks", 0, CounterDirection.Transmit, null, CounterLayer.Ring)]
    [InlineData("veth", "rx_queue_3_xdp_drops", 3, CounterDirection.Receive, "rx_xdp_dropped", CounterLayer.Xdp)]
    [InlineData("bnxt_en", "[3]: rx_discards", 3, CounterDirection.Receive, "rx_no_descriptors", CounterLayer.Ring)]
    [InlineData("unheard_of", "rx_queue_4_frobs", 4, CounterDirection.Receive, null, CounterLayer.Unknown)]
    [InlineData("unheard_of", "rx_missed_errors", null, CounterDirection.Receive, "rx_fifo_dropped", CounterLayer.Fifo)]
    [InlineData(null, "frobs", null, CounterDirection.None, null, CounterLayer.Unknown)]
    public void Tells_a_counter_by_its_name(string? driver, string name, int? queue, CounterDirection direction, string? canonical, CounterLayer layer)
    {
        NicCounter counter = Assert.Single(Tell(driver, name));

        Assert.Equal((queue, direction, canonical, layer), (counter.Queue, counter.Direction, counter.CanonicalName, counter.Layer));
    }

    [Fact]
    public void Follows_the_headings_of_vmxnet3()
    {
        EthtoolCounters counters = new(
            ["Tx Queue#", "  ucast pkts tx", "Rx Queue#", "  pkts rx OOB", "     err", "Rx Queue#", "  pkts rx OOB", "tx timeout count"],
            [0, 10, 0, 3, 0, 1, 4, 9]);

        NicCounter[] told = NicCounters.Tell("e0", "vmxnet3", counters);

        Assert.Equal([0, 0, 0, 0, 0, 1, 1, null], told.Select(counter => counter.Queue));
        Assert.Equal("pkts rx OOB", told[3].Name);
        Assert.Equal(CounterDirection.Receive, told[4].Direction);
        Assert.Equal(["rx_no_descriptors", "rx_no_descriptors"], told.Where(counter => counter.IsLoss == true).Select(counter => counter.CanonicalName));
    }

    [Fact]
    public void Unknown_counters_are_not_said_to_be_no_loss() => Assert.Null(Assert.Single(Tell("i40e", "frobs")).IsLoss);

    [Fact]
    public void Every_table_can_be_read()
    {
        Assert.Contains("i40e", CounterTable.Drivers);
        Assert.All([.. CounterTable.Drivers, CounterRows.Common], driver => Assert.NotEmpty(CounterRows.Of(driver)));
    }

    [Fact]
    public void Every_name_stands_once_in_its_table() =>
        Assert.All(
            [.. CounterTable.Drivers, CounterRows.Common],
            driver => Assert.Empty(CounterRows.Of(driver).GroupBy(row => (row.Pattern, row.Unless, row.With)).Where(rows => rows.Count() > 1).Select(rows => rows.Key)));

    [Theory]
    [InlineData("rx_packets  rx_packets  Nowhere  Packets")]
    [InlineData("rx_packets  rx_packets  Wire")]
    [InlineData("rx_packets  rx_packets  Wire  Packets  surely")]
    public void A_broken_row_is_told_with_its_line(string row) =>
        Assert.Equal(2, Assert.Throws<KernelFormatException>(() => CounterRows.Parse("# remark\n" + row, "x.txt")).Line);

    [Fact]
    public void Reads_values_again_when_a_queue_came_up_in_between()
    {
        Driver driver = new(["a", "b"]) { ValuesFirst = 3 };

        EthtoolCounters counters = EthtoolStatistics.Get(driver, "e0").Value;

        Assert.Equal([100UL, 101UL], counters.Values);
        Assert.Equal(2, driver.Read);
    }

    [Fact]
    public void Remembers_thousands_of_names_within_its_bounds()
    {
        CounterTable table = CounterTable.For("mlx5_core", []);
        for (int i = 0; i < 200_000; i++)
        {
            Assert.Equal(i, table.Find($"rx{i}_packets").Queue);
        }
    }

    private static NicCounter[] Tell(string? driver, params string[] names) => NicCounters.Tell("e0", driver, new EthtoolCounters(names, new ulong[names.Length]));

    private sealed class Driver(string[] names) : IEthtoolChannel
    {
        public int ValuesFirst { get; init; }

        public int Read { get; private set; }

        public Errno Send(string interfaceName, Span<byte> buffer)
        {
            switch (MemoryMarshal.Read<uint>(buffer))
            {
                case EthtoolCommands.ETHTOOL_GSSET_INFO:
                    MemoryMarshal.Write(buffer[16..], names.Length);
                    return Errno.None;
                case EthtoolCommands.ETHTOOL_GSTRINGS:
                    MemoryMarshal.Write(buffer[8..], names.Length);
                    for (int i = 0; i < names.Length; i++)
                    {
                        _ = Encoding.UTF8.GetBytes(names[i], buffer.Slice(12 + (i * 32), 32));
                    }

                    return Errno.None;
                default:
                    Read++;
                    int count = Read == 1 ? ValuesFirst : names.Length;
                    MemoryMarshal.Write(buffer[4..], count);
                    for (int i = 0; i < count; i++)
                    {
                        MemoryMarshal.Write(buffer[(8 + (i * 8))..], 100UL + (ulong)i);
                    }

                    return Errno.None;
            }
        }
    }
}
