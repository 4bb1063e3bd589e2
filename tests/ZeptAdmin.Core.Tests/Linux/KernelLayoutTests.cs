using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

/// <summary>
/// Holds the structures that are laid out by hand against the C headers: sizes and offsets as a C compiler gives them here, and as
/// they were recorded for where there is none.
/// </summary>
/// <remarks>
/// To add a structure: one row in <see cref="Structures"/>, with the size and the offsets that the test prints when they are wrong.
/// The recorded values are those of x86-64 and of arm64 alike: both are LP64 with natural alignment, and the headers of linux/ethtool.h
/// have no field whose alignment differs (that is i386 only, where __u64 aligns to 4).
/// </remarks>
public sealed class KernelLayoutTests
{
    private static readonly Structure[] Structures =
    [
        Of<EthtoolRingParam>("linux/ethtool.h", "struct ethtool_ringparam", 36,
            ("Command", "cmd", 0), ("RxMaxPending", "rx_max_pending", 4), ("RxMiniMaxPending", "rx_mini_max_pending", 8),
            ("RxJumboMaxPending", "rx_jumbo_max_pending", 12), ("TxMaxPending", "tx_max_pending", 16), ("RxPending", "rx_pending", 20),
            ("RxMiniPending", "rx_mini_pending", 24), ("RxJumboPending", "rx_jumbo_pending", 28), ("TxPending", "tx_pending", 32)),
        Of<EthtoolStringSetInfo>("linux/ethtool.h", "struct ethtool_sset_info", 16,
            ("Command", "cmd", 0), ("Reserved", "reserved", 4), ("Mask", "sset_mask", 8)),
        Of<EthtoolStringsHead>("linux/ethtool.h", "struct ethtool_gstrings", 12,
            ("Command", "cmd", 0), ("StringSet", "string_set", 4), ("Length", "len", 8)),
        Of<EthtoolValue>("linux/ethtool.h", "struct ethtool_value", 8,
            ("Command", "cmd", 0), ("Data", "data", 4)),
        Of<EthtoolChannelParam>("linux/ethtool.h", "struct ethtool_channels", 36,
            ("Command", "cmd", 0), ("MaxRx", "max_rx", 4), ("MaxTx", "max_tx", 8), ("MaxOther", "max_other", 12),
            ("MaxCombined", "max_combined", 16), ("RxCount", "rx_count", 20), ("TxCount", "tx_count", 24),
            ("OtherCount", "other_count", 28), ("CombinedCount", "combined_count", 32)),
        Of<EthtoolPauseParam>("linux/ethtool.h", "struct ethtool_pauseparam", 16,
            ("Command", "cmd", 0), ("Autoneg", "autoneg", 4), ("RxPause", "rx_pause", 8), ("TxPause", "tx_pause", 12)),
        Of<EthtoolCoalesceParam>("linux/ethtool.h", "struct ethtool_coalesce", 92,
            ("Command", "cmd", 0), ("RxCoalesceUsecs", "rx_coalesce_usecs", 4), ("RxMaxCoalescedFrames", "rx_max_coalesced_frames", 8),
            ("RxCoalesceUsecsIrq", "rx_coalesce_usecs_irq", 12), ("RxMaxCoalescedFramesIrq", "rx_max_coalesced_frames_irq", 16),
            ("TxCoalesceUsecs", "tx_coalesce_usecs", 20), ("TxMaxCoalescedFrames", "tx_max_coalesced_frames", 24),
            ("TxCoalesceUsecsIrq", "tx_coalesce_usecs_irq", 28), ("TxMaxCoalescedFramesIrq", "tx_max_coalesced_frames_irq", 32),
            ("StatsBlockCoalesceUsecs", "stats_block_coalesce_usecs", 36), ("UseAdaptiveRxCoalesce", "use_adaptive_rx_coalesce", 40),
            ("UseAdaptiveTxCoalesce", "use_adaptive_tx_coalesce", 44), ("PktRateLow", "pkt_rate_low", 48),
            ("RxCoalesceUsecsLow", "rx_coalesce_usecs_low", 52), ("RxMaxCoalescedFramesLow", "rx_max_coalesced_frames_low", 56),
            ("TxCoalesceUsecsLow", "tx_coalesce_usecs_low", 60), ("TxMaxCoalescedFramesLow", "tx_max_coalesced_frames_low", 64),
            ("PktRateHigh", "pkt_rate_high", 68), ("RxCoalesceUsecsHigh", "rx_coalesce_usecs_high", 72),
            ("RxMaxCoalescedFramesHigh", "rx_max_coalesced_frames_high", 76), ("TxCoalesceUsecsHigh", "tx_coalesce_usecs_high", 80),
            ("TxMaxCoalescedFramesHigh", "tx_max_coalesced_frames_high", 84), ("RateSampleInterval", "rate_sample_interval", 88)),
        Of<EthtoolDrvInfo>("linux/ethtool.h", "struct ethtool_drvinfo", 196,
            ("Command", "cmd", 0), ("Driver", "driver", 4), ("Version", "version", 36), ("FwVersion", "fw_version", 68),
            ("BusInfo", "bus_info", 100), ("EromVersion", "erom_version", 132), ("Reserved2", "reserved2", 164),
            ("NPrivFlags", "n_priv_flags", 176), ("NStats", "n_stats", 180), ("TestinfoLen", "testinfo_len", 184),
            ("EedumpLen", "eedump_len", 188), ("RegdumpLen", "regdump_len", 192)),
        Of<EthtoolFeaturesHead>("linux/ethtool.h", "struct ethtool_gfeatures", 8,
            ("Command", "cmd", 0), ("Size", "size", 4)),
        Of<EthtoolFeaturesBlock>("linux/ethtool.h", "struct ethtool_get_features_block", 16,
            ("Available", "available", 0), ("Requested", "requested", 4), ("Active", "active", 8), ("NeverChanged", "never_changed", 12)),
        Of<EthtoolPermAddrHead>("linux/ethtool.h", "struct ethtool_perm_addr", 8,
            ("Command", "cmd", 0), ("Size", "size", 4)),
        Of<EthtoolLinkSettingsHead>("linux/ethtool.h", "struct ethtool_link_settings", 48,
            ("Command", "cmd", 0), ("Speed", "speed", 4), ("Duplex", "duplex", 8), ("Port", "port", 9),
            ("PhyAddress", "phy_address", 10), ("Autoneg", "autoneg", 11), ("MdioSupport", "mdio_support", 12),
            ("EthTpMdix", "eth_tp_mdix", 13), ("EthTpMdixCtrl", "eth_tp_mdix_ctrl", 14),
            ("LinkModeMasksNwords", "link_mode_masks_nwords", 15), ("Transceiver", "transceiver", 16),
            ("MasterSlaveCfg", "master_slave_cfg", 17), ("MasterSlaveState", "master_slave_state", 18),
            ("RateMatching", "rate_matching", 19), ("Reserved", "reserved", 20)),
        Of<EthtoolRxfh>("linux/ethtool.h", "struct ethtool_rxfh", 24,
            ("Command", "cmd", 0), ("RssContext", "rss_context", 4), ("IndirectionSize", "indir_size", 8), ("KeySize", "key_size", 12),
            ("Functions", "hfunc", 16), ("Reserved32", "rsvd32", 20)),
        Of<EthtoolFlowUnion>("linux/ethtool.h", "union ethtool_flow_union", 52, ("_words", "hdata", 0)),
        Of<EthtoolFlowExt>("linux/ethtool.h", "struct ethtool_flow_ext", 20,
            ("Padding", "padding", 0), ("Destination", "h_dest", 2), ("VlanEtherType", "vlan_etype", 8), ("VlanTci", "vlan_tci", 10),
            ("Data", "data", 12)),
        Of<EthtoolRxFlowSpec>("linux/ethtool.h", "struct ethtool_rx_flow_spec", 168,
            ("FlowType", "flow_type", 0), ("Value", "h_u", 4), ("ValueExt", "h_ext", 56), ("Mask", "m_u", 76), ("MaskExt", "m_ext", 128),
            ("RingCookie", "ring_cookie", 152), ("Location", "location", 160)),
        Of<EthtoolRxNfc>("linux/ethtool.h", "struct ethtool_rxnfc", 192,
            ("Command", "cmd", 0), ("FlowType", "flow_type", 4), ("Data", "data", 8), ("Flow", "fs", 16), ("RuleCount", "rule_cnt", 184)),
        Of<EthtoolStatsHead>("linux/ethtool.h", "struct ethtool_stats", 8, ("Command", "cmd", 0), ("Count", "n_stats", 4)),
    ];

    public static TheoryData<string> Names => [.. Structures.Select(structure => structure.CName)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_laid_out_as_recorded(string name)
    {
        Structure structure = Structures.Single(s => s.CName == name);

        Assert.Equal(structure.Recorded(), structure.Here());
    }

    [Fact]
    public void The_records_are_what_the_C_compiler_says()
    {
        using TemporaryFolder folder = new();
        string program = Path.Combine(folder.Path, "layout");
        (int exitCode, _, string errors) = ExternalTool.TryRun("cc", "-o", program, folder.Write("layout.c", Program()));
        Assert.SkipUnless(exitCode == 0, $"the kernel's headers do not compile here: {errors}");

        Assert.Equal(string.Concat(Structures.Select(structure => structure.Recorded())), ExternalTool.Run(program));
    }

    private static string Program()
    {
        StringBuilder text = new("#include <stdio.h>\n#include <stddef.h>\n");
        foreach (string header in Structures.Select(structure => structure.Header).Distinct())
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"#include <{header}>\n");
        }

        _ = text.Append("int main(void) {\n");
        foreach (Structure structure in Structures)
        {
            string size = structure.CSizeOf ?? $"sizeof({structure.CName})";
            _ = text.Append(CultureInfo.InvariantCulture, $"printf(\"{structure.CName} %zu\\n\", {size});\n");
            foreach ((_, string cField, _) in structure.Fields)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"printf(\"  {cField} %zu\\n\", offsetof({structure.CName}, {cField}));\n");
            }
        }

        return text.Append("return 0; }\n").ToString();
    }

    private static Structure Of<T>(string header, string cName, int size, params (string Field, string CField, int Offset)[] fields)
        where T : unmanaged => new(typeof(T), header, cName, size, fields);

    // CSizeOf: a C expression, for a structure whose tail is not part of the C# one.
    private sealed record Structure(Type Type, string Header, string CName, int Size, (string Field, string CField, int Offset)[] Fields)
    {
        public string? CSizeOf { get; init; }

        public string Recorded()
        {
            StringBuilder text = new();
            _ = text.Append(CultureInfo.InvariantCulture, $"{CName} {Size}\n");
            foreach ((_, string cField, int offset) in Fields)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"  {cField} {offset}\n");
            }

            return text.ToString();
        }

        public string Here()
        {
            // A field that is forgotten in the table would go unchecked.
            string[] fields = [.. Type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(field => field.Name)];
            Assert.Equal(fields.Order(StringComparer.Ordinal), Fields.Select(field => field.Field).Order(StringComparer.Ordinal));

            StringBuilder text = new();
            _ = text.Append(CultureInfo.InvariantCulture, $"{CName} {Marshal.SizeOf(Type)}\n");
            foreach ((string field, string cField, _) in Fields)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"  {cField} {Marshal.OffsetOf(Type, field)}\n");
            }

            return text.ToString();
        }
    }
}
