using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Tests.Nics;

public sealed class NicDataTests
{
    [Theory]
    [InlineData("8086", "1583", 50_000L)]
    [InlineData("8086", "1572", null)]
    [InlineData("15b3", "1583", null)]
    [InlineData(null, null, null)]
    public void Knows_that_two_times_40_is_50(string? vendor, string? device, long? expected) =>
        Assert.Equal(expected, NicCapacities.Find(vendor, device)?.MaximumMbps);

    [Theory]
    [InlineData("6.80 0x80003cd7 1.2007.0", true)]
    [InlineData("7.00 0x80004cda 1.2154.0", true)]
    [InlineData("7.10 0x80006456 1.2527.0", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("N/A", false)]
    public void Warns_of_old_firmware_only(string? firmware, bool expected) =>
        Assert.Equal(expected, NicDriverNotes.For("i40e", firmware).Any(note => note.Contains("A13", StringComparison.Ordinal)));

    [Theory]
    [InlineData(0, 10L)]
    [InlineData(6, null)]
    [InlineData(23, 40000L)]
    [InlineData(69, 400000L)]
    [InlineData(4000, null)]
    public void Knows_the_speed_of_a_link_mode(int bit, long? expected) => Assert.Equal(expected, EthtoolLinkModes.SpeedMbps(bit));

    [Fact]
    public void Names_link_modes_as_the_kernel_does()
    {
        using LiveEthtoolChannel channel = new();
        Answer<string[]> names = EthtoolStrings.Get(channel, "lo", EthtoolStringSet.ETH_SS_LINK_MODES);
        Assert.SkipUnless(names.IsKnown, "this kernel does not tell the names of link modes");

        for (int bit = 0; bit < names.Value.Length; bit++)
        {
            Assert.True(EthtoolLinkModes.Name(bit) == names.Value[bit] || EthtoolLinkModes.Name(bit).StartsWith("mode-", StringComparison.Ordinal), names.Value[bit]);
        }
    }

    [Fact]
    public void Finds_the_pci_function_behind_virtio()
    {
        using TemporaryFolder folder = new();
        string pci = "sys/devices/pci0000:00/0000:00:03.0";
        foreach ((string name, string text) in new[] { ("vendor", "0x1af4"), ("device", "0x1041"), ("numa_node", "1"), ("local_cpulist", "4-7"), ("virtio2/device", "0x0001"), ("virtio2/vendor", "0x1af4"), ("virtio2/net/eth0/ifindex", "2") })
        {
            _ = folder.Write($"{pci}/{name}", text + "\n");
        }

        _ = Directory.CreateDirectory(Path.Combine(folder.Path, "sys/class/net"));
        _ = File.CreateSymbolicLink(Path.Combine(folder.Path, "sys/class/net/eth0"), "../../devices/pci0000:00/0000:00:03.0/virtio2/net/eth0");
        _ = File.CreateSymbolicLink(Path.Combine(folder.Path, pci, "virtio2/net/eth0/device"), "../../../virtio2");
        using ZeptAdmin.Sensors.Sensor sensor = ZeptAdmin.Sensors.Sensor.Open(folder.Path);

        Nic nic = NicReader.Get(sensor, "eth0").Value;

        Assert.Equal(("0000:00:03.0", "1af4", "1041", 1, "4-7"), (nic.PciAddress, nic.VendorId, nic.DeviceId, nic.NumaNode, nic.LocalCpus.ToString()));
    }

    [Fact]
    public void Takes_no_usb_controller_for_the_card()
    {
        using TemporaryFolder folder = new();
        string pci = "sys/devices/pci0000:00/0000:00:14.0";
        _ = folder.Write($"{pci}/vendor", "0x8086\n");
        _ = folder.Write($"{pci}/usb2/2-1/2-1:1.0/net/eth0/ifindex", "2\n");
        _ = Directory.CreateDirectory(Path.Combine(folder.Path, "sys/class/net"));
        _ = File.CreateSymbolicLink(Path.Combine(folder.Path, "sys/class/net/eth0"), "../../devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/net/eth0");
        _ = File.CreateSymbolicLink(Path.Combine(folder.Path, pci, "usb2/2-1/2-1:1.0/net/eth0/device"), "../../../2-1:1.0");
        using ZeptAdmin.Sensors.Sensor sensor = ZeptAdmin.Sensors.Sensor.Open(folder.Path);

        Assert.Null(NicReader.Get(sensor, "eth0").Value.PciAddress);
    }
}
