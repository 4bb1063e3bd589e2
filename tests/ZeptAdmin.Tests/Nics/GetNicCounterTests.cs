using ZeptAdmin.Drivers;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Nics;

public sealed class GetNicCounterTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Tells_layer_and_name_for_all_drivers()
    {
        NicCounter missed = Assert.Single(Read("Get-NicCounter ens1f0 rx_missed_errors -Snapshot $args[0]"));

        Assert.Equal((8444UL, "rx_no_descriptors", CounterLayer.Ring, true), (missed.Value, missed.CanonicalName, missed.Layer, missed.IsLoss));
    }

    [Fact]
    public void Finds_by_the_name_for_all_drivers_on_every_card() =>
        Assert.Equal(
            [("eno1", "rx_missed_errors"), ("ens1f0", "port.rx_dropped"), ("ens1f1", "port.rx_dropped")],
            Read("Get-NicCounter -Counter RX_FIFO_DROPPED -Snapshot $args[0]").Select(counter => (counter.InterfaceName, counter.Name)));

    [Fact]
    public void Leaves_out_layers_and_zeros_on_request() =>
        Assert.Equal(
            ["rx-0.packets", "rx-1.packets", "rx-2.packets", "rx-3.packets"],
            Read("Get-NicCounter ens1f0 *.packets -Layer Ring, Mac -NonZero -Snapshot $args[0]").Select(counter => counter.Name));

    [Fact]
    public void Tells_the_queue()
    {
        NicCounter drops = Assert.Single(Read("Get-NicCounter eno1 *_drops -NonZero -Snapshot $args[0]"));

        Assert.Equal((3, 5UL), (drops.Queue, drops.Value));
    }

    [Fact]
    public void Says_that_a_named_driver_has_no_counters() =>
        Assert.Equal(["NotSupportedByDriver"], _engine.Run("Get-NicCounter lo -Snapshot $args[0]", _snapshot).ErrorIds);

    private NicCounter[] Read(string script)
    {
        EngineResult result = _engine.Run(script, _snapshot);
        Assert.Empty(result.Errors);
        return [.. result.Output.Select(counter => (NicCounter)counter.BaseObject)];
    }
}
