using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Sensors;

public sealed class SosEthtoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SnapshotSensor _sensor;

    public SosEthtoolTests()
    {
        _ = _folder.Write("sosreport-x/proc/version", "Linux version 6.1\n");
        Text("-i", "driver: i40e\nversion: 6.1.0\nfirmware-version: 8.30 0x8000a4ae 1.2926.0\nexpansion-rom-version: \nbus-info: 0000:3b:00.0\nsupports-statistics: yes\n");
        Text("-g", "Ring parameters for ens1:\nPre-set maximums:\nRX:\t\t4096\nRX Mini:\tn/a\nRX Jumbo:\tn/a\nTX:\t\t4096\nCurrent hardware settings:\nRX:\t\t512\nRX Mini:\tn/a\nRX Jumbo:\tn/a\nTX:\t\t256\n");
        Text("-l", "Channel parameters for ens1:\nPre-set maximums:\nRX:\t\tn/a\nTX:\t\tn/a\nOther:\t\t1\nCombined:\t112\nCurrent hardware settings:\nRX:\t\tn/a\nTX:\t\tn/a\nOther:\t\t1\nCombined:\t16\n");
        Text("-a", "Pause parameters for ens1:\nAutonegotiate:\toff\nRX:\t\ton\nTX:\t\toff\n");
        Text("-c", "Coalesce parameters for ens1:\nAdaptive RX: off  TX: on\nstats-block-usecs:\t0\n\nrx-usecs:\t84\nrx-frames:\t0\n\ntx-usecs:\t50\n");
        Text("-k", "Features for ens1:\nrx-checksumming: on\ntx-checksumming: on\n\ttx-checksum-ipv4: on\n\ttx-checksum-ipv6: off [fixed]\ngeneric-receive-offload: off [requested on]\nrx-vlan-offload: off\n");
        Text("--show-priv-flags", "Private flags for ens1:\nMFP                  : off\nflow-director-atr    : on\n");
        Text("-S", "NIC statistics:\n     rx_packets: 18446744073709551615\n     rx_dropped: 7\n");
        Text("", "Settings for ens1:\n\tSupported ports: [ FIBRE ]\n\tSupported link modes:   10000baseT/Full\n\t                        40000baseCR4/Full\n\tSpeed: 40000Mb/s\n\tDuplex: Full\n\tPort: FIBRE\n\tAuto-negotiation: off\n\tLink detected: yes\n");
        _ = _folder.Write("sosreport-x/sos_commands/networking/ethtool_-i_virbr0", "driver: bridge\n");
        _ = _folder.Write("sosreport-x/sos_commands/networking/ethtool_-g_virbr0", "netlink error: Operation not supported\n");
        _sensor = SnapshotSensor.Open(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Readers_see_the_kernels_structures()
    {
        Assert.Equal(["ens1", "virbr0"], _sensor.InterfaceNames);
        NicRing ring = NicRings.Get(_sensor, "ens1").Value;
        Assert.Equal((512L, 4096L, 256L, 4096L), (ring.Rx, ring.RxMaximum, ring.Tx, ring.TxMaximum));
        NicChannel channels = NicChannels.Get(_sensor, "ens1").Value;
        Assert.Equal((16, 112), ((int)channels.Combined, (int)channels.CombinedMaximum));
        Nic nic = NicReader.Get(_sensor, "ens1").Value;
        Assert.Equal(("i40e", "8.30 0x8000a4ae 1.2926.0", "0000:3b:00.0"), (nic.Driver, nic.Firmware, nic.BusInfo));
        Assert.Equal((40000L, 40000L, LinkDuplex.Full), (nic.SpeedMbps, nic.MaximumSpeedMbps, nic.Duplex));
        Assert.Equal(["10000baseT/Full", "40000baseCR4/Full"], nic.SupportedLinkModes);
        Assert.Equal([("MFP", false), ("flow-director-atr", true)], NicPrivateFlags.Get(_sensor, "ens1").Value.Select(flag => (flag.Flag, flag.IsOn)));
        Assert.Equal(
            [("rx-checksum", true, false), ("tx-checksum-ipv4", true, false), ("tx-checksum-ipv6", false, true), ("rx-gro", false, false), ("rx-vlan-hw-parse", false, false)],
            NicFeatures.Get(_sensor, "ens1").Value.Select(feature => (feature.Feature, feature.IsOn, feature.IsFixed)));
        Assert.True(NicPauses.Get(_sensor, "ens1").Value.Rx);
        Assert.Equal(84, (int)NicCoalesces.Get(_sensor, "ens1").Value.RxMicroseconds);
    }

    [Fact]
    public void What_the_driver_lacks_and_what_sos_did_not_ask_differ()
    {
        Assert.Equal(Errno.EOPNOTSUPP, NicRings.Get(_sensor, "virbr0").Refusal!.Errno);
        Assert.Equal(Errno.ENODATA, NicChannels.Get(_sensor, "virbr0").Refusal!.Errno);
        Assert.Equal(Errno.ENODEV, NicRings.Get(_sensor, "missing").Refusal!.Errno);
    }

    [Fact]
    public void Counters_keep_all_their_bits()
    {
        byte[] buffer = new byte[24];
        buffer[0] = (byte)EthtoolCommands.ETHTOOL_GSTATS;

        Assert.Equal(Errno.None, _sensor.Ethtool.Send("ens1", buffer));
        Assert.Equal((2u, ulong.MaxValue, 7UL), (BitConverter.ToUInt32(buffer, 4), BitConverter.ToUInt64(buffer, 8), BitConverter.ToUInt64(buffer, 16)));
    }

    private void Text(string option, string text) => _ =
        _folder.Write($"sosreport-x/sos_commands/networking/ethtool_{(option.Length > 0 ? option + "_" : "")}ens1", text);
}
