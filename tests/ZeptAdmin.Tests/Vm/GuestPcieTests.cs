using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Pcie;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Vm;

/// <summary>Every link on the way of a card to the CPU is as lspci printed it in the guest: root ports of 8 and 16 GT/s x8 that run at their card's 2.5 GT/s x1.</summary>
public sealed class GuestPcieTests(GuestResults guest) : IClassFixture<GuestResults>
{
    [Theory]
    [InlineData("e1000e", 8.0)]
    [InlineData("igb", 16.0)]
    [InlineData("vmxnet3", 8.0)]
    public void Every_link_is_as_lspci_has_it(string card, double rootPort)
    {
        PcieLink link = guest.Records<PcieLink>("Test-PcieLink").Single(each => each.InterfaceName == card);

        Assert.Equal(2, link.Hops.Length);
        Assert.All(link.Hops, hop => Assert.Equal(Printed(hop.PciAddress), string.Create(
            CultureInfo.InvariantCulture, $"{hop.MaxSpeedGtps}GT/s x{hop.MaxWidth}, now {hop.SpeedGtps}GT/s x{hop.Width}")));
        Assert.Equal((rootPort, 8), (link.Hops[1].MaxSpeedGtps, link.Hops[1].MaxWidth));

        // A port wider than its card is no card degraded (2.5 GT/s x1 carries 2 Gbit/s of data behind 8b/10b; the card receives 1).
        if (card != "vmxnet3")
        {
            Assert.Equal((CheckSeverity.Pass, 2.0), (link.Severity, link.DataGbps));
        }
    }

    [Theory]
    [InlineData("virtio-mq")]
    [InlineData("virtio")]
    public void A_card_that_the_hypervisor_made_has_no_link_to_judge(string card) =>
        Assert.Equal(CheckSeverity.NotApplicable, guest.Records<PcieLink>("Test-PcieLink").Single(each => each.InterfaceName == card).Severity);

    private static string Printed(string address)
    {
        string device = GuestResults.Machine("lspci").Split("\n\n").Single(each => each.StartsWith(address[5..], StringComparison.Ordinal));
        Match can = Regex.Match(device, @"LnkCap:.*Speed (\S+), Width (x\d+)");
        Match does = Regex.Match(device, @"LnkSta:.*Speed ([^, ]+).*, Width (x\d+)");
        return $"{can.Groups[1].Value} {can.Groups[2].Value}, now {does.Groups[1].Value} {does.Groups[2].Value}";
    }
}
