using ZeptAdmin.Pcie;

namespace ZeptAdmin.Tests.Pcie;

public sealed class TestPcieLinkTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _snapshot = Repository.Snapshot("sensor-x710");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Gives_a_row_for_each_card_and_survives_a_session()
    {
        EngineResult result = _engine.Run(
            """
            $links = Test-PcieLink -Snapshot $args[0]
            foreach ($link in $links) {
                [ZeptAdmin.Pcie.PcieLink][System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($link))
            }
            """,
            _snapshot);

        Assert.Empty(result.Errors);
        PcieLink[] links = [.. result.Output.Select(link => Assert.IsType<PcieLink>(link.BaseObject))];
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.Contains(link.InterfaceName, link.SharedBy));
        Assert.All(links, link => Assert.NotEmpty(link.Hops));
    }

    [Fact]
    public void A_named_interface_that_is_not_on_PCI_is_an_error() =>
        Assert.Equal(["NotSupportedByDriver"], _engine.Run("Test-PcieLink lo -Snapshot $args[0]", _snapshot).ErrorIds);

    [Fact]
    public void Takes_cards_from_the_pipeline() =>
        Assert.Equal("ens1f0", Assert.IsType<PcieLink>(_engine.Run("'ens1f0' | Test-PcieLink -Snapshot $args[0]", _snapshot).Single).InterfaceName);
}
