using ZeptAdmin.Audit;
using ZeptAdmin.Drops;
using ZeptAdmin.Sensors;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Tests.Audit;

public sealed class DropCheckTests
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(0, 1_000_000, Pass, "none in 10 s")]
    [InlineData(1, 10_000_000, Pass, "1 in 10 s")]
    [InlineData(84, 1_000_000, Warn, "84 in 10 s, 0.0084 % (Ring)")]
    [InlineData(20_000, 1_000_000, Fail, "20000 in 10 s, 2 % (Ring)")]
    public void A_share_of_what_came_is_weighed(long dropped, long packets, CheckSeverity expected, string said)
    {
        AuditSubject subject = Lose(Row(DropLayer.Ring, dropped, packets));

        Assert.Equal(expected, subject.Verdict("K5.CardDrops"));
        Assert.StartsWith(said, subject.Weigh("K5.CardDrops").Actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("K3.BrokenFrames", DropLayer.Mac)]
    [InlineData("K5.CardDrops", DropLayer.Fifo)]
    [InlineData("K5.CardDrops", DropLayer.Driver)]
    [InlineData("K9.Backlog", DropLayer.Softirq)]
    [InlineData("K12.SocketDrops", DropLayer.Socket)]
    [InlineData("K1.NeverArrived", DropLayer.Upstream)]
    public void Each_layer_has_its_check(string id, DropLayer layer)
    {
        AuditSubject subject = Lose(Row(layer, 500, 1000));

        Assert.Equal(Fail, subject.Verdict(id));
        Assert.All(
            Checks.All.Where(check => check.Category == CheckCategory.Drop && check.Id != id),
            other => Assert.NotEqual(Fail, subject.Verdict(other.Id)));
    }

    [Fact]
    public void What_nobody_counts_is_unknown_and_what_counts_something_else_does_not_apply()
    {
        Assert.Equal(Unknown, Lose(Row(DropLayer.Socket, null, null)).Verdict("K12.SocketDrops"));
        Assert.Equal(Unknown, Lose().Verdict("K5.CardDrops"));
        Assert.Equal(NotApplicable, Lose(Row(DropLayer.Softirq, 500, 1000) with { Confidence = DropConfidence.Low }).Verdict("K9.Backlog"));
    }

    [Fact]
    public void Details_are_not_counted_twice() =>
        Assert.StartsWith("7 in", Lose(Row(DropLayer.Ring, 7, 1000) with { Queue = 3 }, Row(DropLayer.Ring, 7, 1000)).Weigh("K5.CardDrops").Actual, StringComparison.Ordinal);

    private static AuditSubject Lose(params PacketDrop[] rows)
    {
        AuditSubject subject = Weighing.Blank();
        _ = subject.Read(Weighing.Port, (_, _) => rows);
        return subject;
    }

    private static PacketDrop Row(DropLayer layer, long? dropped, long? packets) => new()
    {
        Layer = layer,
        Dropped = dropped,
        Packets = packets,
        Ratio = dropped is long lost && packets is long all ? lost / (double)all : null,
        Since = Noon,
        Until = Noon.AddSeconds(10),
        Confidence = DropConfidence.High,
        Note = "nobody counts it",
    };
}
