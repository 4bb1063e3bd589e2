using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Nics;

public sealed class NicReaderTests
{
    private readonly Sensor _sensor = Sensor.Open(Repository.Snapshot("sensor-x710"));

    [Fact]
    public void Reads_a_card()
    {
        Nic nic = NicReader.Get(_sensor, "ens1f0").Value;

        Assert.Equal(("pci", true, "i40e", "6.12.48", true), (nic.Kind, nic.IsPhysical, nic.Driver, nic.DriverVersion, nic.IsInTree));
        Assert.Equal(("9.40 0x8000ecc0 1.3429.0", "0000:17:00.0", "0000:17:00.0"), (nic.Firmware, nic.BusInfo, nic.PciAddress));
        Assert.Equal(("8086", "1572", "8086", "0007"), (nic.VendorId, nic.DeviceId, nic.SubsystemVendorId, nic.SubsystemDeviceId));
        Assert.Equal((0, "0-11,24-35", 64, 0), (nic.NumaNode, nic.LocalCpus.ToString(), nic.SriovTotalVfs, nic.SriovVfs));
        Assert.Equal((4, 4, "up", true, true, true), (nic.RxQueues, nic.TxQueues, nic.State, nic.IsUp, nic.HasCarrier, nic.IsPromiscuous));
        Assert.Equal((10000L, 10000L, LinkDuplex.Full, 1500), (nic.SpeedMbps, nic.MaximumSpeedMbps, nic.Duplex, nic.Mtu));
        Assert.Equal(["FIBRE", "Pause", "1000baseX/Full", "10000baseSR/Full", "10000baseLR/Full"], nic.SupportedLinkModes);
        Assert.Equal(("02:00:00:00:17:30", "02:00:00:00:17:30"), (nic.MacAddress, nic.PermanentMacAddress));
    }

    [Fact]
    public void Tells_a_node_of_minus_one_as_unknown()
    {
        Nic nic = NicReader.Get(_sensor, "eno1").Value;

        Assert.Null(nic.NumaNode);
        Assert.Contains(nic.Notes, note => note.Contains("numa_node is -1", StringComparison.Ordinal));
    }

    [Fact]
    public void Tells_a_module_from_elsewhere()
    {
        Nic nic = NicReader.Get(_sensor, "eno1").Value;

        Assert.False(nic.IsInTree);
        Assert.Contains(nic.Notes, note => note.Contains("A14", StringComparison.Ordinal));
    }

    [Fact]
    public void Shows_loopback_without_a_driver()
    {
        Nic nic = NicReader.Get(_sensor, "lo").Value;

        Assert.Equal(("loopback", false, null, null, null), (nic.Kind, nic.IsPhysical, nic.Driver, nic.PciAddress, nic.IsInTree));
        Assert.Equal((null, null, 0), (nic.SpeedMbps, nic.NumaNode, nic.SupportedLinkModes.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../net/ens1f0")]
    [InlineData("ens1f0:1")]
    [InlineData("ens1f0 ")]
    [InlineData("sixteen-bytes-..")]
    [InlineData("gone0")]
    public void Knows_no_interface_of_an_impossible_name(string name)
    {
        Assert.Equal(Errno.ENODEV, NicReader.Get(_sensor, name).Refusal?.Errno);
        using LiveEthtoolChannel live = new();
        Assert.Equal(Errno.ENODEV, EthtoolRings.Get(live, name).Refusal?.Errno);
    }

    [Fact]
    public void Reads_the_settings_of_a_port()
    {
        NicCoalesce coalesce = NicCoalesces.Get(_sensor, "ens1f0").Value;
        Assert.Equal((84L, 84L, false, 11905.0), (coalesce.RxMicroseconds, coalesce.TxMicroseconds, coalesce.IsAdaptiveRx, coalesce.InterruptsPerSecond));
        NicChannel channel = NicChannels.Get(_sensor, "ens1f0").Value;
        Assert.Equal((4L, 24L, 1L, 0L), (channel.Combined, channel.CombinedMaximum, channel.Other, channel.RxMaximum));
        NicPause pause = NicPauses.Get(_sensor, "eno1").Value;
        Assert.Equal((true, true, false), (pause.Autoneg, pause.Rx, pause.Tx));
    }

    [Fact]
    public void An_adaptive_card_has_no_interrupt_rate() => Assert.Null(NicCoalesces.Get(_sensor, "ens1f1").Value.InterruptsPerSecond);

    // Small figures are numbers of modes with some drivers: get_coalesce of ixgbe, igb and e1000e in the kernel.
    [Theory]
    [InlineData("i40e", 1, false)]
    [InlineData("ixgbe", 0, false)]
    [InlineData("ixgbe", 1, true)]
    [InlineData("ixgbe", 2, false)]
    [InlineData("igb", 3, true)]
    [InlineData("igb", 4, false)]
    [InlineData("igc", 3, true)]
    [InlineData("e1000e", 4, true)]
    [InlineData("e1000e", 5, false)]
    [InlineData("new_driver", 3, false)]
    public void Tells_a_mode_from_a_time(string driver, int microseconds, bool isMode)
    {
        Driver card = new(driver, microseconds);

        NicCoalesce coalesce = NicCoalesces.Get(new Altered(_sensor, card), "ens1f0").Value;

        Assert.Equal((microseconds, isMode), (coalesce.RxMicroseconds, coalesce.IsRxDynamic));
        Assert.Equal(isMode || microseconds == 0, coalesce.InterruptsPerSecond is null);
    }

    [Fact]
    public void Names_the_flags_by_the_drivers_order()
    {
        NicPrivateFlag[] flags = NicPrivateFlags.Get(_sensor, "ens1f1").Value;

        Assert.Equal(15, flags.Length);
        Assert.Equal(["flow-director-atr", "veb-stats", "hw-atr-eviction"], flags.Where(flag => flag.IsOn).Select(flag => flag.Flag));
    }

    [Fact]
    public void Tells_on_fixed_and_requested_features_apart()
    {
        Dictionary<string, NicFeature> features = NicFeatures.Get(_sensor, "ens1f1").Value.ToDictionary(feature => feature.Feature);

        Assert.Equal((true, false, true), (features["rx-gro"].IsOn, features["rx-gro"].IsFixed, features["rx-gro"].IsRequested));
        Assert.Equal((true, true), (features["highdma"].IsOn, features["highdma"].IsFixed));
        Assert.Equal((false, false, true), (features["rx-gro-list"].IsOn, features["rx-gro-list"].IsFixed, features["rx-gro-list"].IsRequested));
        Assert.Equal((false, true), (features["hsr-dup-offload"].IsOn, features["hsr-dup-offload"].IsFixed));
        Assert.DoesNotContain("", features.Keys);
    }

    [Theory]
    [InlineData(Errno.EPERM)]
    [InlineData(Errno.EOPNOTSUPP)]
    [InlineData(Errno.EIO)]
    public void Passes_a_refusal_on(Errno errno)
    {
        Refuser driver = new(errno);

        Refusal?[] refusals =
        [
            EthtoolRings.Get(driver, "e0").Refusal, EthtoolChannelCounts.Get(driver, "e0").Refusal, EthtoolCoalesce.Get(driver, "e0").Refusal,
            EthtoolPause.Get(driver, "e0").Refusal, EthtoolFeatures.Get(driver, "e0").Refusal, EthtoolDriverInfo.Get(driver, "e0").Refusal,
            EthtoolLinkSettings.Get(driver, "e0").Refusal, EthtoolPermanentAddress.Get(driver, "e0").Refusal, EthtoolValues.GetLink(driver, "e0").Refusal,
            EthtoolValues.GetPrivateFlags(driver, "e0").Refusal, EthtoolStrings.Get(driver, "e0", EthtoolStringSet.ETH_SS_STATS).Refusal,
        ];
        Assert.All(refusals, refusal => Assert.Equal((errno, "e0", "CAP_NET_ADMIN"), (refusal!.Errno, refusal.Target, refusal.Capability)));
    }

    // A recorded answer may be cut short, or be anything: the readers say so or read zeros, and touch nothing beyond.
    [Fact]
    public void Survives_answers_that_are_cut_or_wild()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Snapshot("sensor-x710"), "ethtool.txt"));
        Gen.Select(Gen.Int[0, 1 << 16], Gen.Byte).Sample((seed, wild) =>
        {
            string[] lines = text.Split('\n');
            int line = seed % lines.Length;
            string[] parts = lines[line].Split(' ');
            if (parts.Length == 4 && !parts[3].StartsWith("errno", StringComparison.Ordinal) && parts[3].Length > 10)
            {
                int at = 8 + (2 * (seed % ((parts[3].Length - 8) / 2)));
                parts[3] = (seed & 1) == 0 ? parts[3][..at] : parts[3][..at] + Convert.ToHexStringLower([wild]) + parts[3][(at + 2)..];
                lines[line] = string.Join(' ', parts);
            }

            Altered sensor = new(_sensor, new RecordedEthtool(string.Join('\n', lines), "ethtool.txt"));
            string name = parts.Length == 4 ? parts[0] : "lo";
            Try(() => NicReader.Get(sensor, name));
            Try(() => NicFeatures.Get(sensor, name));
            Try(() => NicPrivateFlags.Get(sensor, name));
            Try(() => NicCoalesces.Get(sensor, name));
            Try(() => NicChannels.Get(sensor, name));
            Try(() => NicPauses.Get(sensor, name));
            Try(() => NicRings.Get(sensor, name));
        });
    }

    private static void Try<T>(Func<Answer<T>> read)
        where T : notnull
    {
        try
        {
            _ = read();
        }
        catch (KernelFormatException)
        {
            // The one exception that a bad answer may make.
        }
    }

    private sealed class Refuser(Errno errno) : IEthtoolChannel
    {
        public Errno Send(string interfaceName, Span<byte> buffer) => errno;
    }

    // Answers with a driver's name (ETHTOOL_GDRVINFO) and its rx-usecs (ETHTOOL_GCOALESCE).
    private sealed class Driver(string name, int microseconds) : IEthtoolChannel
    {
        public Errno Send(string interfaceName, Span<byte> buffer)
        {
            switch (System.Runtime.InteropServices.MemoryMarshal.Read<uint>(buffer))
            {
                case EthtoolCommands.ETHTOOL_GDRVINFO:
                    _ = System.Text.Encoding.ASCII.GetBytes(name, buffer[4..]);
                    return Errno.None;
                case EthtoolCommands.ETHTOOL_GCOALESCE:
                    BitConverter.TryWriteBytes(buffer[4..], microseconds);
                    return Errno.None;
                default:
                    return Errno.EOPNOTSUPP;
            }
        }
    }

    private sealed class Altered(Sensor original, IEthtoolChannel ethtool) : Sensor
    {
        public override string Name => original.Name;

        public override bool IsLive => false;

        public override FileTree Files => original.Files;

        public override IEthtoolChannel Ethtool => ethtool;

        public override INetlinkChannel Netlink => original.Netlink;

        public override DateTimeOffset Time => original.Time;
    }
}
