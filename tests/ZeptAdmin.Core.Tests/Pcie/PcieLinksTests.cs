using ZeptAdmin.Linux;
using ZeptAdmin.Pcie;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Pcie;

public sealed class PcieLinksTests : IDisposable
{
    private const string Root = "/sys/devices/pci0000:3a";
    private const string Gen3 = "8.0 GT/s PCIe";

    private readonly PcieTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_card_in_a_slot_that_suits_it_passes()
    {
        TwoPorts(Gen3, 8, Gen3, 8, speed: 10000);

        PcieLink link = Get("ens1f0");

        Assert.Equal(CheckSeverity.Pass, link.Severity);
        Assert.Equal(["ens1f0", "ens1f1"], link.SharedBy);
        Assert.Equal((20, 63.0), (link.NeededGbps, Math.Round(link.DataGbps!.Value, 1)));
        Assert.Equal(["0000:3b:00.0", "0000:3a:00.0"], link.Hops.Select(hop => hop.PciAddress));
    }

    [Fact]
    public void A_slot_with_four_lanes_wired_is_too_narrow_for_forty_gigabits()
    {
        TwoPorts(Gen3, 4, Gen3, 4, speed: 40000);

        PcieLink link = Get("ens1f0");

        Assert.Equal(CheckSeverity.Fail, link.Severity);
        Assert.Equal(31.5, Math.Round(link.DataGbps!.Value, 1));
        Assert.NotEmpty(link.Remedy);
    }

    [Fact]
    public void Two_ports_of_forty_do_not_fit_at_once_where_one_does()
    {
        TwoPorts(Gen3, 8, Gen3, 8, speed: 40000);

        Assert.Equal(CheckSeverity.Warn, Get("ens1f0").Severity);
    }

    [Fact]
    public void The_slot_that_cannot_do_better_is_named_not_the_card_in_it()
    {
        TwoPorts(Gen3, 4, Gen3, 4, speed: 10000);

        PcieLink link = Get("ens1f0");

        Assert.Equal((CheckSeverity.Pass, "0000:3a:00.0"), (link.Severity, link.BottleneckAddress));
    }

    [Fact]
    public void Two_ports_of_forty_of_a_controller_that_carries_fifty_need_fifty()
    {
        TwoPorts(Gen3, 8, Gen3, 8, speed: 40000, device: "1583");

        PcieLink link = Get("ens1f0");

        Assert.Equal((CheckSeverity.Pass, 50.0), (link.Severity, link.NeededGbps));
    }

    [Fact]
    public void Cards_below_one_switch_share_the_link_above_it()
    {
        string root = _tree.Device(Root, "0000:3a:00.0", "8086", "2030", Gen3, 8, Gen3, 8);
        string up = _tree.Device(root, "0000:3b:00.0", "10b5", "8747", Gen3, 8, Gen3, 16);
        string left = _tree.Device(up, "0000:3c:08.0", "10b5", "8747", Gen3, 8, Gen3, 8);
        string right = _tree.Device(up, "0000:3c:09.0", "10b5", "8747", Gen3, 8, Gen3, 8);
        _tree.Interface(_tree.Device(left, "0000:3d:00.0", "15b3", "1015", Gen3, 8, Gen3, 8), "ens1", 40000);
        _tree.Interface(_tree.Device(right, "0000:3e:00.0", "15b3", "1015", Gen3, 8, Gen3, 8), "ens2", 40000);

        PcieLink link = Get("ens1");

        Assert.Equal((CheckSeverity.Warn, 40.0, "0000:3a:00.0"), (link.Severity, link.NeededGbps, link.BottleneckAddress));
        Assert.Equal([40.0, 40.0, 80.0, 80.0], link.Hops.Select(hop => hop.NeededGbps));
        Assert.Equal(["ens1"], link.SharedBy);
    }

    [Fact]
    public void Virtual_functions_beside_their_port_need_nothing_of_their_own()
    {
        string port = _tree.Device(Root, "0000:3a:00.0", "8086", "2030", Gen3, 8, Gen3, 16);
        _tree.Interface(_tree.Device(port, "0000:3b:00.0", "15b3", "1015", Gen3, 8, Gen3, 8), "ens1", 40000);
        string function = _tree.Device(port, "0000:3b:00.2", "15b3", "1016", null, null, null, null);
        _tree.Interface(function, "ens1v0", 40000);
        _tree.Write($"{function}/physfn/vendor", "0x15b3");

        Assert.Equal((CheckSeverity.Pass, 40.0), (Get("ens1").Severity, Get("ens1").NeededGbps));
        Assert.Equal(CheckSeverity.NotApplicable, Get("ens1v0").Severity);
    }

    [Fact]
    public void A_link_that_came_up_slower_than_both_its_ends_can_is_told()
    {
        string port = _tree.Device(Root, "0000:3a:00.0", "8086", "2030", "2.5 GT/s PCIe", 8, Gen3, 16);
        _tree.Interface(_tree.Device(port, "0000:3b:00.0", "8086", "1572", "2.5 GT/s PCIe", 8, Gen3, 8), "ens1f0", 10000);

        PcieLink link = Get("ens1f0");

        Assert.Equal(CheckSeverity.Warn, link.Severity);
        Assert.Contains("8 GT/s x8", link.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_wider_than_its_card_is_no_fault()
    {
        string port = _tree.Device(Root, "0000:3a:00.0", "1b36", "000c", "2.5 GT/s PCIe", 1, "16.0 GT/s PCIe", 8);
        _tree.Interface(_tree.Device(port, "0000:3b:00.0", "8086", "10d3", "2.5 GT/s PCIe", 1, "2.5 GT/s PCIe", 1), "ens1f0", 1000);

        Assert.Equal(CheckSeverity.Pass, Get("ens1f0").Severity);
    }

    [Fact]
    public void The_narrowest_port_on_the_way_is_named()
    {
        string root = _tree.Device(Root, "0000:3a:00.0", "8086", "2030", Gen3, 2, Gen3, 16);
        string up = _tree.Device(root, "0000:3b:00.0", "10b5", "8747", Gen3, 2, Gen3, 16);
        string down = _tree.Device(up, "0000:3c:08.0", "10b5", "8747", Gen3, 8, Gen3, 8);
        _tree.Interface(_tree.Device(down, "0000:3d:00.0", "8086", "1572", Gen3, 8, Gen3, 8), "ens1f0", 25000);

        PcieLink link = Get("ens1f0");

        Assert.Equal(CheckSeverity.Fail, link.Severity);
        Assert.Contains(link.BottleneckAddress, (string[])["0000:3b:00.0", "0000:3a:00.0"]);
        Assert.Equal(4, link.Hops.Length);
    }

    [Fact]
    public void The_fiction_inside_a_chipset_does_not_count()
    {
        string up = _tree.Device(Root, "0000:3a:00.0", "8086", "37c0", Gen3, 8, Gen3, 8);
        string down = _tree.Device(up, "0000:3b:03.0", "8086", "37c5", "2.5 GT/s", 1, "2.5 GT/s", 1);
        _tree.Interface(_tree.Device(down, "0000:3d:00.0", "8086", "37d2", "2.5 GT/s", 1, "2.5 GT/s", 1), "eno1", 10000);

        PcieLink link = Get("eno1");

        Assert.Equal((CheckSeverity.Pass, "0000:3a:00.0"), (link.Severity, link.BottleneckAddress));
        Assert.Equal([true, true, false], link.Hops.Select(hop => hop.IsFictitious));
    }

    [Fact]
    public void A_virtual_function_and_a_virtio_device_have_no_link_of_their_own()
    {
        string port = _tree.Device(Root, "0000:3a:00.0", "8086", "2030", Gen3, 8, Gen3, 16);
        string function = _tree.Device(port, "0000:3b:02.0", "8086", "154c", null, null, null, null);
        _tree.Interface(function, "ens1f0v0", 10000);
        _tree.Write($"{function}/physfn/vendor", "0x8086");
        _tree.Interface(_tree.Device(Root, "0000:3a:05.0", "1af4", "1041", null, null, null, null), "eth0", 10000);

        Assert.Equal(CheckSeverity.NotApplicable, Get("ens1f0v0").Severity);
        Assert.Equal(CheckSeverity.NotApplicable, Get("eth0").Severity);
    }

    [Fact]
    public void A_machine_that_does_not_say_is_unknown_and_corrected_errors_are_counted()
    {
        string card = _tree.Device(Root, "0000:3a:00.0", "8086", "1572", "Unknown", 0, "Unknown", 255);
        _tree.Interface(card, "ens1f0", -1);
        _tree.Write($"{card}/aer_dev_correctable", "RxErr 3\nBadTLP 4\nTOTAL_ERR_COR 7\n");

        PcieLink link = Get("ens1f0");

        Assert.Equal((CheckSeverity.Unknown, 7L), (link.Severity, link.CorrectedErrors));
        Assert.Null(link.PortGbps);
    }

    [Fact]
    public void What_is_not_there_or_not_on_PCI_is_a_refusal()
    {
        _tree.Write("sys/class/net/veth0/ifindex", "3");
        using Sensor sensor = _tree.Open();

        Assert.Equal(Errno.ENODEV, new PcieLinks(sensor).Get("gone0").Refusal?.Errno);
        Assert.Equal(Errno.EOPNOTSUPP, new PcieLinks(sensor).Get("veth0").Refusal?.Errno);
    }

    [Theory]
    [InlineData("8 GT/s", 8.0)]
    [InlineData("8.0 GT/s PCIe", 8.0)]
    [InlineData("2.5 GT/s", 2.5)]
    [InlineData("64.0 GT/s PCIe", 64.0)]
    [InlineData("Unknown", null)]
    [InlineData("Unknown speed", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Speeds_of_old_and_new_kernels_are_read(string? text, double? expected) => Assert.Equal(expected, PcieRate.ParseSpeed(text));

    // 8b/10b, 128b/130b, flits: the figures of the specification for one lane, and the talk's 63 Gbit/s (field.md A10).
    [Theory]
    [InlineData(2.5, 1, 2.0)]
    [InlineData(5, 8, 32.0)]
    [InlineData(8, 8, 63.02)]
    [InlineData(16, 16, 252.06)]
    [InlineData(64, 16, 944.0)]
    public void Encoding_is_counted(double speed, int width, double expected) => Assert.Equal(expected, PcieRate.DataGbps(speed, width), 2);

    private void TwoPorts(string current, int width, string max, int maxWidth, int speed, string device = "1572")
    {
        string port = _tree.Device(Root, "0000:3a:00.0", "8086", "2030", current, width, max, maxWidth);
        _tree.Interface(_tree.Device(port, "0000:3b:00.0", "8086", device, current, width, Gen3, 8), "ens1f0", speed);
        _tree.Interface(_tree.Device(port, "0000:3b:00.1", "8086", device, current, width, Gen3, 8), "ens1f1", speed);
    }

    private PcieLink Get(string name)
    {
        using Sensor sensor = _tree.Open();
        return new PcieLinks(sensor).Get(name).Value;
    }
}
