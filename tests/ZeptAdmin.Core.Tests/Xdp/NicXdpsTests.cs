using System.Runtime.InteropServices;
using System.Net;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Xdp;

namespace ZeptAdmin.Tests.Xdp;

public sealed class NicXdpsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 118, 0, 0, XdpMode.Native)]
    [InlineData(2, 0, 7, 0, XdpMode.Generic)]
    [InlineData(3, 0, 0, 9, XdpMode.Offload)]
    [InlineData(0, 0, 0, 0, XdpMode.None)]
    public void A_snapshot_tells_mode_and_number(int attached, uint driver, uint generic, uint card, XdpMode mode)
    {
        using Sensor sensor = Snapshot(attached, driver, generic, card, mtu: 1500);

        NicXdp program = Assert.Single(NicXdps.Get(sensor, "ens1f0").Value);

        Assert.Equal((mode, mode == XdpMode.None ? null : (long?)(driver + generic + card), (string?)null), (program.Mode, program.ProgramId, program.ProgramName));
        Assert.Equal(mode == XdpMode.None, program.NotAsked is null);
    }

    [Fact]
    public void Several_programs_are_several_records()
    {
        using Sensor sensor = Snapshot(4, 5, 0, 6, mtu: 1500);

        Assert.Equal([XdpMode.Native, XdpMode.Offload], NicXdps.Get(sensor, "ens1f0").Value.Select(program => program.Mode));
    }

    [Theory]
    [InlineData(1500, false)]
    [InlineData(3046, false)]
    [InlineData(9000, true)]
    public void An_MTU_beyond_the_drivers_limit_is_told(int mtu, bool isTold)
    {
        using Sensor sensor = Snapshot(0, 0, 0, 0, mtu);

        Assert.Equal(isTold, NicXdps.Get(sensor, "ens1f0").Value[0].Advice.Any(advice => advice.Contains("MTU of 3046", StringComparison.Ordinal)));
    }

    [Fact]
    public void Neither_address_nor_alias_of_an_interface_comes_into_an_answer()
    {
        byte[] message = [.. new byte[16], .. new NetlinkAttributeWriter().Add(1, (byte[])[2, 0xde, 0xad, 0xbe, 0xef, 1]).Add(20, "secret").Add(43, Xdp(1, 5, 0, 0)).ToArray()];

        byte[] kept = RtnetlinkXdp.Reduce(message);

        Assert.Equal(-1, kept.AsSpan().IndexOf("secret"u8));
        Assert.Equal(-1, kept.AsSpan().IndexOf((byte[])[0xde, 0xad]));
        Assert.Equal([43], NetlinkAttributes.Parse(kept.AsMemory(16)).Select(attribute => attribute.Type));
        Assert.Empty(RtnetlinkXdp.Reduce([1, 2, 3]));
    }

    [Fact]
    public void This_machine_answers_for_its_loopback()
    {
        using LiveSensor sensor = new();

        Assert.NotEmpty(NicXdps.Get(sensor, "lo").Value);
        Assert.Equal(Errno.ENODEV, NicXdps.Get(sensor, "nothere").Refusal?.Errno);
    }

    [Fact]
    public void Rules_are_written_as_xdp_filter_takes_them() => Assert.Equal(
        ["port 53 src,dst tcp,udp", "ip 192.0.2.1 src,dst", "ip fe80::1 src,dst"],
        NicXdpFilters.Rules([53], [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("fe80::1%3")], XdpDirection.Both, isTcp: true, isUdp: true));

    private SnapshotSensor Snapshot(int attached, uint driver, uint generic, uint card, int mtu)
    {
        _ = _folder.Write("sys/class/net/ens1f0/ifindex", "3\n");
        _ = _folder.Write("sys/class/net/ens1f0/mtu", $"{mtu}\n");
        _ = _folder.Write("sys/bus/pci/drivers/i40e/uevent", "");
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, "sys/class/net/ens1f0/device"));
        _ = File.CreateSymbolicLink(Path.Combine(_folder.Path, "sys/class/net/ens1f0/device/driver"), "../../../../bus/pci/drivers/i40e");
        byte[] request = new byte[16];
        MemoryMarshal.Write(request.AsSpan(4), 3);
        byte[] answer = [.. request, .. new NetlinkAttributeWriter().Add(43, Xdp(attached, driver, generic, card)).ToArray()];
        _ = _folder.Write("netlink.txt", RecordedNetlink.Line(RtnetlinkXdp.Family, 18, request, dump: false, (byte[][])[answer]) + "\n");
        return SnapshotSensor.Open(_folder.Path);
    }

    private static NetlinkAttributeWriter Xdp(int attached, uint driver, uint generic, uint card)
    {
        NetlinkAttributeWriter nest = new NetlinkAttributeWriter().Add(2, (byte[])[(byte)attached]);
        foreach ((int type, uint id) in ((int, uint)[])[(5, driver), (6, generic), (7, card)])
        {
            nest = id > 0 ? nest.Add(type, id) : nest;
        }

        return nest;
    }
}
