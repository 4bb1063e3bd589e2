using CsCheck;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Irqs;

public sealed class SoftnetStatsTests
{
    private static readonly string[] Columns =
    [
        "0000008b", "00000001", "00000002", "00000000", "00000000", "00000000", "00000000", "00000000",
        "00000003", "00000004", "00000005", "00000006", "00000007", "00000008", "00000009",
    ];

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(15)]
    public void Columns_mean_the_same_in_every_layout(int count)
    {
        SoftnetStat stat = Assert.Single(SoftnetStats.Parse(Row(count), CpuList.Parse("5"), CpuList.Empty));

        Assert.Equal((0x8bu, 1u, 2u, 3u), (stat.Processed, stat.Dropped, stat.TimeSqueeze, stat.Collision));
        Assert.Equal(count > 9 ? 4u : null, stat.ReceivedRps);
        Assert.Equal(count > 10 ? 5u : null, stat.FlowLimit);
        Assert.Equal(count > 11 ? 6u : null, stat.Backlog);
        Assert.Equal((count > 12 ? 7 : 5, count <= 12), (stat.Cpu, stat.IsCpuAssumed));
        Assert.Equal((count > 13 ? 8u : null, count > 14 ? 9u : null), (stat.InputQueueLength, stat.ProcessQueueLength));
    }

    [Fact]
    public void Rows_without_a_CPU_are_those_of_the_online_CPUs_in_order()
    {
        SoftnetStat[] stats = SoftnetStats.Parse(Row(11) + Row(11) + Row(11), CpuList.Parse("0,2-3"), CpuList.Empty);

        Assert.Equal([0, 2, 3], stats.Select(stat => stat.Cpu));
    }

    [Fact]
    public void A_bad_row_keeps_its_place()
    {
        SoftnetStat[] stats = SoftnetStats.Parse(Row(11) + "zzz\n" + Row(11), CpuList.Parse("0,2-3"), CpuList.Empty);

        Assert.Equal([0, 3], stats.Select(stat => stat.Cpu));
    }

    [Fact]
    public void A_number_that_was_cut_off_is_not_a_smaller_number() =>
        Assert.Empty(SoftnetStats.Parse(Row(15)[..^3], null, CpuList.Empty));

    [Fact]
    public void Rps_is_seen_by_its_counter_or_its_setting()
    {
        string none = Row(9);

        Assert.True(SoftnetStats.Parse(none, CpuList.Parse("5"), CpuList.Parse("5")).Single().IsRpsUsed);
        Assert.False(SoftnetStats.Parse(none, CpuList.Parse("5"), CpuList.Parse("4")).Single().IsRpsUsed);
        Assert.True(SoftnetStats.Parse(Row(10), CpuList.Parse("5"), CpuList.Empty).Single().IsRpsUsed);
    }

    [Fact]
    public void A_difference_is_right_across_the_wrap() =>
        Gen.Select(Gen.UInt, Gen.UInt).Sample((before, counted) =>
        {
            SoftnetStat then = new() { Cpu = 1, Processed = before, ReceivedRps = before };
            SoftnetStat now = then with { Processed = unchecked(before + counted), ReceivedRps = unchecked(before + counted), Backlog = 3 };
            SoftnetStat difference = SoftnetStats.Difference([then], [now]).Single();
            return difference is { Cpu: 1, Backlog: 3, FlowLimit: null } && difference.Processed == counted && difference.ReceivedRps == counted;
        });

    [Fact]
    public void A_CPU_that_came_or_went_has_no_difference() =>
        Assert.Equal([1], SoftnetStats.Difference([new() { Cpu = 0 }, new() { Cpu = 1 }], [new() { Cpu = 1 }, new() { Cpu = 2 }]).Select(stat => stat.Cpu));

    [Fact]
    public void Any_text_can_be_read() => Gen.String.Sample(text => { _ = SoftnetStats.Parse(text, null, CpuList.Empty); });

    private static string Row(int count) => string.Join(' ', Columns[..count]) + "\n";
}
