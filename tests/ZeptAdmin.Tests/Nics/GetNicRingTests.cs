using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Nics;

public sealed class GetNicRingTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("two-port-i40e");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Reads_the_depths_that_the_driver_reports()
    {
        NicRing ring = Assert.IsType<NicRing>(_engine.Run("Get-NicRing ens1f0 -Snapshot $args[0]", _snapshot).Single);

        Assert.Equal((512L, 4096L, 512L, 4096L), (ring.Rx, ring.RxMaximum, ring.Tx, ring.TxMaximum));
    }

    [Theory]
    [InlineData("'ens1f0'")]
    [InlineData("([pscustomobject]@{ InterfaceName = 'ens1f0' })")]
    public void Takes_an_interface_from_the_pipeline(string given)
    {
        EngineResult result = _engine.Run($"{given} | Get-NicRing -Snapshot $args[0]", _snapshot);

        Assert.Equal("ens1f0", Assert.IsType<NicRing>(result.Single).InterfaceName);
    }

    [Fact]
    public void Reports_an_unknown_interface_and_goes_on()
    {
        EngineResult result = _engine.Run("Get-NicRing missing0, ens1f0 -Snapshot $args[0]", _snapshot);

        Assert.Equal(["InterfaceNotFound"], result.ErrorIds);
        Assert.Equal("missing0", result.Errors[0].TargetObject);
        Assert.Equal("ens1f0", Assert.IsType<NicRing>(result.Single).InterfaceName);
    }

    [Fact]
    public void Passes_over_drivers_without_rings_when_it_was_asked_for_all()
    {
        EngineResult result = _engine.Run("Get-NicRing -Snapshot $args[0] -Verbose", _snapshot);

        Assert.Empty(result.Errors);
        Assert.Equal("ens1f0", Assert.IsType<NicRing>(result.Single).InterfaceName);
        Assert.Equal(2, result.Verbose.Length);
    }

    [Fact]
    public void Says_that_a_named_driver_has_no_rings() =>
        Assert.Equal(["NotSupportedByDriver"], _engine.Run("Get-NicRing lo -Snapshot $args[0]", _snapshot).ErrorIds);

    [Fact]
    public void Survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $ring = Get-NicRing ens1f0 -Snapshot $args[0]
            $wire = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($ring))
            [ZeptAdmin.Nics.NicRing]$wire
            """,
            _snapshot);

        Assert.Equal(4096L, Assert.IsType<NicRing>(result.Single).RxMaximum);
    }
}
