using ZeptAdmin.Drops;

namespace ZeptAdmin.Tests.Drops;

public sealed class GetPacketDropsTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Ends_each_interface_with_its_verdict()
    {
        PacketDrop[] rows = Read("Get-PacketDrops ens1f0, ens1f1 -Snapshot $args[0]");

        Assert.Equal(["ens1f0", "ens1f1"], rows.Where(row => row.Layer == DropLayer.Verdict).Select(row => row.InterfaceName));
        Assert.Equal(20, rows.Length);
    }

    [Fact]
    public void Blames_the_wire_when_zeek_misses_what_the_card_did_not_lose()
    {
        PacketDrop verdict = Read($"Get-PacketDrops ens1f0 -ZeekLog '{Repository.Snapshot("logs/capture_loss.log")}' -Snapshot $args[0]")[^1];

        Assert.Equal((DropLayer.Upstream, "Measure-FlowSymmetry ens1f0"), (verdict.LossyLayer, verdict.NextCommand));
    }

    [Fact]
    public void Shows_each_queue_on_request()
    {
        PacketDrop[] queues = [.. Read("Get-PacketDrops eno1 -Detail -Snapshot $args[0]").Where(row => row.Queue is not null)];

        Assert.Equal((3, 5L), (Assert.Single(queues).Queue, queues[0].Dropped));
    }

    private PacketDrop[] Read(string script)
    {
        EngineResult result = _engine.Run(script, _snapshot);
        Assert.Empty(result.Errors);
        return [.. result.Output.Select(row => (PacketDrop)row.BaseObject)];
    }
}
