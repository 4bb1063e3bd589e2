using ZeptAdmin.Linux;
using static ZeptAdmin.Linux.EthtoolCommands;

namespace ZeptAdmin.Tests.Fixtures;

/// <summary>
/// The machine of tests/Fixtures/sensor-x710: made up, not captured. A card X710 with one port set as a sensor wants it (ens1f0) and one
/// as the driver leaves it (ens1f1), an I350 for management (eno1), and loopback.
/// </summary>
/// <remarks>
/// Its ethtool.txt is written from here: ZEPTADMIN_ACCEPT=1 dotnet test tests/ZeptAdmin.Core.Tests --filter SensorX710Tests.
/// Another subject adds its answers in a method of its own, called at the end of <see cref="EthtoolText"/>.
/// </remarks>
internal static class SensorX710
{
    // The order of net/ethtool/common.c, netdev_features_strings, as Linux 6.12 has it.
    private static readonly string[] Features =
    [
        "tx-scatter-gather", "tx-checksum-ipv4", "", "tx-checksum-ip-generic", "tx-checksum-ipv6", "highdma", "tx-scatter-gather-fraglist",
        "tx-vlan-hw-insert", "rx-vlan-hw-parse", "rx-vlan-filter", "vlan-challenged", "tx-generic-segmentation", "rx-gro", "rx-lro",
        "tx-tcp-segmentation", "tx-gso-robust", "tx-tcp-ecn-segmentation", "tx-tcp-mangleid-segmentation", "tx-tcp6-segmentation",
        "tx-fcoe-segmentation", "tx-gre-segmentation", "tx-gre-csum-segmentation", "tx-ipxip4-segmentation", "tx-ipxip6-segmentation",
        "tx-udp_tnl-segmentation", "tx-udp_tnl-csum-segmentation", "tx-gso-partial", "tx-tunnel-remcsum-segmentation", "tx-sctp-segmentation",
        "tx-esp-segmentation", "tx-udp-segmentation", "tx-gso-list", "tx-checksum-fcoe-crc", "tx-checksum-sctp", "rx-ntuple-filter",
        "rx-hashing", "rx-checksum", "tx-nocache-copy", "loopback", "rx-fcs", "rx-all", "tx-vlan-stag-hw-insert", "rx-vlan-stag-hw-parse",
        "rx-vlan-stag-filter", "l2-fwd-offload", "hw-tc-offload", "esp-hw-offload", "esp-tx-csum-hw-offload", "rx-udp_tunnel-port-offload",
        "tls-hw-tx-offload", "tls-hw-rx-offload", "rx-gro-hw", "tls-hw-record", "rx-gro-list", "macsec-hw-offload", "rx-udp-gro-forwarding",
        "hsr-tag-ins-offload", "hsr-tag-rm-offload", "hsr-fwd-offload", "hsr-dup-offload",
    ];

    // What i40e lets be changed (drivers/net/ethernet/intel/i40e/i40e_main.c, i40e_config_netdev).
    private static readonly string[] Changeable =
    [
        "tx-scatter-gather", "tx-checksum-ipv4", "tx-checksum-ipv6", "tx-vlan-hw-insert", "rx-vlan-hw-parse", "rx-vlan-filter",
        "tx-generic-segmentation", "rx-gro", "tx-tcp-segmentation", "tx-tcp-ecn-segmentation", "tx-tcp-mangleid-segmentation",
        "tx-tcp6-segmentation", "tx-gre-segmentation", "tx-gre-csum-segmentation", "tx-ipxip4-segmentation", "tx-ipxip6-segmentation",
        "tx-udp_tnl-segmentation", "tx-udp_tnl-csum-segmentation", "tx-udp-segmentation", "tx-checksum-sctp", "rx-ntuple-filter",
        "rx-hashing", "rx-checksum", "tx-nocache-copy", "hw-tc-offload", "rx-udp_tunnel-port-offload", "rx-gro-list", "rx-udp-gro-forwarding",
    ];

    private static readonly string[] AsLoaded =
        [.. Changeable.Except(["tx-tcp-mangleid-segmentation", "tx-nocache-copy", "hw-tc-offload", "rx-gro-list", "rx-udp-gro-forwarding"])];

    // field.md I9: what alters packets is off; hashing and filters stay on, for the queues need them.
    private static readonly string[] AsSensor = ["rx-vlan-filter", "rx-ntuple-filter", "rx-hashing", "rx-udp_tunnel-port-offload"];

    private static readonly string[] Flags =
    [
        "MFP", "total-port-shutdown", "LinkPolling", "flow-director-atr", "veb-stats", "hw-atr-eviction", "link-down-on-close", "legacy-rx",
        "disable-source-pruning", "disable-fw-lldp", "rs-fec", "base-r-fec", "vf-vlan-pruning", "mdd-auto-reset-vf", "vf-true-promisc-support",
    ];

    /// <summary>Its ethtool.txt.</summary>
    public static string EthtoolText()
    {
        RecordedAnswers answers = new();
        answers.Comment("Made up by SensorX710.cs in the tests, which says how to write it anew.");
        Port(answers, "ens1f0", asSensor: true);
        Port(answers, "ens1f1", asSensor: false);
        Management(answers);
        Loopback(answers);
        SensorX710Rss.Add(answers);
        return answers.ToString();
    }

    private static void Port(RecordedAnswers answers, string name, bool asSensor)
    {
        byte function = (byte)name[^1];
        answers.Driver(name, "i40e", "6.12.48", "9.40 0x8000ecc0 1.3429.0", $"0000:17:00.{(char)function}", 0, (uint)Flags.Length);
        // 10000baseSR, 10000baseLR, 1000baseX, FIBRE, Pause: what an SFP+ port of an X710 does with a dual-speed optic.
        answers.Link(name, 10000, port: 3, autoneg: false, 43, 44, 41, 10, 13);
        answers.Answer(name, ETHTOOL_GLINK, new EthtoolValue { Data = 1 });
        answers.Address(name, [0x02, 0x00, 0x00, 0x00, 0x17, function]);

        answers.Strings(name, EthtoolStringSet.ETH_SS_PRIV_FLAGS, Flags);
        uint flags = Bits(asSensor ? ["veb-stats", "disable-fw-lldp"] : ["flow-director-atr", "hw-atr-eviction", "veb-stats"]);
        answers.Answer(name, ETHTOOL_GPFLAGS, new EthtoolValue { Data = flags });

        string[] on = asSensor ? AsSensor : AsLoaded;
        // rx-gro-list is asked for on ens1f1 and not in force: GRO of the other kind has the say.
        answers.Features(name, Features, Changeable, [.. on, "highdma"], asSensor ? [.. on, "highdma"] : [.. on, "highdma", "rx-gro-list"]);

        answers.Answer(name, ETHTOOL_GRINGPARAM, new EthtoolRingParam { RxMaxPending = 4096, TxMaxPending = 4096, RxPending = asSensor ? 512U : 4096U, TxPending = 512 });
        answers.Answer(name, ETHTOOL_GCHANNELS, new EthtoolChannelParam { MaxCombined = 24, CombinedCount = asSensor ? 4U : 24U, MaxOther = 1, OtherCount = 1 });
        uint adaptive = asSensor ? 0U : 1U;
        uint usecs = asSensor ? 84U : 50U;
        answers.Answer(name, ETHTOOL_GCOALESCE, new EthtoolCoalesceParam
        {
            RxCoalesceUsecs = usecs,
            TxCoalesceUsecs = usecs,
            RxMaxCoalescedFramesIrq = 256,
            TxMaxCoalescedFramesIrq = 256,
            UseAdaptiveRxCoalesce = adaptive,
            UseAdaptiveTxCoalesce = adaptive,
        });
        answers.Answer(name, ETHTOOL_GPAUSEPARAM, asSensor ? default : new EthtoolPauseParam { RxPause = 1, TxPause = 1 });
    }

    private static void Management(RecordedAnswers answers)
    {
        const string name = "eno1";
        answers.Driver(name, "igb", "6.12.48", "1.63, 0x80000c7a", "0000:01:00.0", 0, 1);
        // 10, 100 and 1000baseT, Autoneg, TP.
        answers.Link(name, 1000, port: 0, autoneg: true, 0, 1, 2, 3, 5, 6, 7);
        answers.Answer(name, ETHTOOL_GLINK, new EthtoolValue { Data = 1 });
        answers.Address(name, [0x02, 0x00, 0x00, 0x00, 0x01, 0x00]);
        answers.Strings(name, EthtoolStringSet.ETH_SS_PRIV_FLAGS, "legacy-rx");
        answers.Answer(name, ETHTOOL_GPFLAGS, default(EthtoolValue));
        string[] on = ["tx-scatter-gather", "tx-generic-segmentation", "rx-gro", "tx-tcp-segmentation", "rx-hashing", "rx-checksum"];
        answers.Features(name, Features, [.. on, "rx-ntuple-filter", "rx-all"], on, on);
        answers.Answer(name, ETHTOOL_GRINGPARAM, new EthtoolRingParam { RxMaxPending = 4096, TxMaxPending = 4096, RxPending = 256, TxPending = 256 });
        answers.Answer(name, ETHTOOL_GCHANNELS, new EthtoolChannelParam { MaxCombined = 8, CombinedCount = 8, MaxOther = 1, OtherCount = 1 });
        answers.Answer(name, ETHTOOL_GCOALESCE, new EthtoolCoalesceParam { RxCoalesceUsecs = 3 });
        answers.Answer(name, ETHTOOL_GPAUSEPARAM, new EthtoolPauseParam { Autoneg = 1, RxPause = 1 });
    }

    private static void Loopback(RecordedAnswers answers)
    {
        const string name = "lo";
        uint[] refused = [ETHTOOL_GDRVINFO, ETHTOOL_GLINKSETTINGS, ETHTOOL_GRINGPARAM, ETHTOOL_GCHANNELS, ETHTOOL_GCOALESCE, ETHTOOL_GPAUSEPARAM, ETHTOOL_GPFLAGS];
        foreach (uint command in refused)
        {
            answers.Refuse(name, command, Errno.EOPNOTSUPP);
        }

        answers.Answer(name, ETHTOOL_GLINK, new EthtoolValue { Data = 1 });
        answers.NoStrings(name, EthtoolStringSet.ETH_SS_PRIV_FLAGS);
        string[] on = ["tx-scatter-gather", "tx-generic-segmentation", "rx-gro", "tx-tcp-segmentation", "rx-checksum", "loopback"];
        answers.Features(name, Features, ["tx-generic-segmentation", "rx-gro", "tx-tcp-segmentation"], on, on);
    }

    private static uint Bits(string[] flags) => flags.Aggregate(0U, (bits, flag) => bits | (1U << Array.IndexOf(Flags, flag)));
}
