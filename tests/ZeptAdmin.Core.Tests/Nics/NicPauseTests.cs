using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Nics;

/// <summary>Pause frames of drivers that leave the negotiation to the link, and of those that do not.</summary>
public sealed class NicPauseTests
{
    [Fact]
    public void On_i40e_the_negotiation_stays_and_the_frames_are_set_without()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("sensor-x710"));
        const string port = "ens1f1";
        NicPause pause = NicPauses.Get(sensor, port).Value;

        Refusal? refusal = NicPauses.Plan(sensor, port, !pause.Autoneg, rx: false, tx: false).Refusal;
        Assert.Equal((Errno.EOPNOTSUPP, true), (refusal?.Errno, refusal?.Detail?.StartsWith("This driver negotiates pause frames with the link.", StringComparison.Ordinal)));
        Assert.True(NicPauses.Plan(sensor, port, pause.Autoneg, rx: false, tx: false).IsKnown);
        Assert.DoesNotContain("negotiation", NicPauses.Plan(sensor, port, autoneg: null, !pause.Rx, !pause.Tx).Value.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("i40e", true)]
    [InlineData("ice", true)]
    [InlineData("igb", false)]
    [InlineData("ixgbe", false)]
    public void Which_drivers_do_is_data(string driver, bool keeps) => Assert.Equal(keeps, ZeptAdmin.Drivers.DriverTable.Find(driver)?.KeepsPauseNegotiation);
}
