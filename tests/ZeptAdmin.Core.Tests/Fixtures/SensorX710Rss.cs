using System.Runtime.InteropServices;
using ZeptAdmin.Linux;
using static ZeptAdmin.Linux.EthtoolCommands;

namespace ZeptAdmin.Tests.Fixtures;

/// <summary>What the drivers of <see cref="SensorX710"/> answer of receive-side scaling, flow rules and counters.</summary>
internal static class SensorX710Rss
{
    private const uint SD = 0x30;
    private const uint SDFN = 0xf0;

    private static readonly string[] Functions = ["toeplitz", "xor", "crc32"];

    // Any key but a symmetric one; the kernel draws it at random (netdev_rss_key_fill).
    private static readonly byte[] Drawn = [.. Enumerable.Range(0, 52).Select(i => (byte)((i * 73) + 41))];

    /// <summary>Adds the answers.</summary>
    public static void Add(RecordedAnswers answers)
    {
        // field.md H2, H4, H8: two-tuple, 6D5A over 52 bytes, 512 entries over four queues.
        Scaling(answers, "ens1f0", 4, 512, [.. Enumerable.Range(0, 52).Select(i => (byte)(i % 2 == 0 ? 0x6d : 0x5a))], [SD, SD, SD, SD, SD, SD, SD, SD]);
        Scaling(answers, "ens1f1", 24, 512, Drawn, [SDFN, SD, SDFN, SD, SDFN, SD, SDFN, SD]);
        // field.md H14: igb shows no key; proc/sys/net/core/netdev_rss_key of the snapshot has it.
        Scaling(answers, "eno1", 8, 128, [], [SDFN, SD, SD, SD, SDFN, SD, SD, SD]);
        Rules(answers, "ens1f0", 7680, (7679, EthtoolFlows.UDP_V4_FLOW), (7678, EthtoolFlows.TCP_V4_FLOW));
        Rules(answers, "ens1f1", 7680);
        Rules(answers, "eno1", 0);
        Counters(answers, "ens1f0", X710(4, isSplit: true));
        Counters(answers, "ens1f1", X710(24, isSplit: true));
        Counters(answers, "eno1", I350());
        foreach (uint command in new[] { ETHTOOL_GRSSH, ETHTOOL_GRXFHINDIR, ETHTOOL_GRXRINGS, ETHTOOL_GRXCLSRLCNT })
        {
            answers.Refuse("lo", command, Errno.EOPNOTSUPP);
        }

        answers.NoStrings("lo", EthtoolStringSet.ETH_SS_STATS);
    }

    private static unsafe void Scaling(RecordedAnswers answers, string name, int queues, int entries, byte[] key, uint[] fields)
    {
        EthtoolRxfh sizes = new() { IndirectionSize = (uint)entries, KeySize = (uint)key.Length };
        EthtoolRxfh answer = sizes;
        answer.Functions[0] = 1;
        uint[] table = [.. Enumerable.Range(0, entries).Select(i => (uint)(i % queues))];
        answers.Answer(name, ETHTOOL_GRSSH, default, answer, []);
        answers.Answer(name, ETHTOOL_GRSSH, sizes, answer, [.. MemoryMarshal.AsBytes<uint>(table), .. key]);
        answers.Strings(name, EthtoolStringSet.ETH_SS_RSS_HASH_FUNCS, Functions);
        answers.Answer(name, ETHTOOL_GRXRINGS, new EthtoolRxNfc { Data = (ulong)queues });
        for (uint type = EthtoolFlows.TCP_V4_FLOW; type <= EthtoolFlows.AH_ESP_V6_FLOW; type++)
        {
            EthtoolRxNfc request = new() { FlowType = type };
            answers.Answer(name, ETHTOOL_GRXFH, request, request with { Data = fields[type - 1] }, []);
        }
    }

    // Syslog is dropped in the card (field.md G5). i40e wants the same fields in all rules of one flow type, so src-port cannot stand
    // beside dst-port for UDP (G6), and the second rule is one for TCP.
    private static void Rules(RecordedAnswers answers, string name, uint places, params (uint Location, uint FlowType)[] rules)
    {
        answers.Answer(name, ETHTOOL_GRXCLSRLCNT, new EthtoolRxNfc { RuleCount = (uint)rules.Length, Data = places });
        if (rules.Length == 0)
        {
            return;
        }

        Head all = new() { RuleCount = (uint)rules.Length };
        uint[] locations = Array.ConvertAll(rules, rule => rule.Location);
        answers.Answer(name, ETHTOOL_GRXCLSRLALL, all, all with { Data = places }, MemoryMarshal.AsBytes<uint>(locations));
        foreach ((uint location, uint flowType) in rules)
        {
            EthtoolRxNfc rule = new() { Flow = new EthtoolRxFlowSpec { Location = location } };
            EthtoolRxNfc answer = rule;
            answer.Flow.FlowType = flowType;
            answer.Flow.RingCookie = EthtoolFlows.RX_CLS_FLOW_DISC;
            // Destination port 514, big-endian, at 10 of struct ethtool_tcpip4_spec; its mask.
            new byte[] { 0x02, 0x02 }.CopyTo(EthtoolFlowUnion.Bytes(ref answer.Flow.Value)[10..]);
            new byte[] { 0xff, 0xff }.CopyTo(EthtoolFlowUnion.Bytes(ref answer.Flow.Mask)[10..]);
            answers.Answer(name, ETHTOOL_GRXCLSRULE, rule, answer, []);
        }
    }

    private static void Counters(RecordedAnswers answers, string name, (string Name, ulong Value)[] counters)
    {
        answers.Strings(name, EthtoolStringSet.ETH_SS_STATS, Array.ConvertAll(counters, counter => counter.Name));
        EthtoolStatsHead head = new() { Count = (uint)counters.Length };
        answers.Answer(name, ETHTOOL_GSTATS, head, head, MemoryMarshal.AsBytes<ulong>(Array.ConvertAll(counters, counter => counter.Value)));
    }

    // i40e_gstrings_net_stats, _misc_stats, _queue_stats, _stats of i40e_ethtool.c, the drops of field.md K8.
    private static (string Name, ulong Value)[] X710(int queues, bool isSplit)
    {
        const ulong packets = 11_233_814_105;
        List<(string, ulong)> counters =
        [
            ("rx_packets", packets), ("tx_packets", 0), ("rx_bytes", packets * 912), ("tx_bytes", 0), ("rx_errors", 0), ("tx_errors", 0), ("rx_dropped", 0),
        ];
        if (isSplit)
        {
            counters.Add(("rx_missed_errors", 8444));
        }

        counters.AddRange([("tx_dropped", 0), ("collisions", 0), ("rx_length_errors", 0), ("rx_crc_errors", 3), ("rx_alloc_fail", 0), ("rx_pg_alloc_fail", 0)]);
        for (int queue = 0; queue < queues; queue++)
        {
            counters.AddRange([($"tx-{queue}.packets", 0), ($"tx-{queue}.bytes", 0)]);
            ulong share = (packets / (ulong)queues) + (queue == 0 ? packets % (ulong)queues : 0);
            counters.AddRange([($"rx-{queue}.packets", share), ($"rx-{queue}.bytes", share * 912)]);
        }

        counters.AddRange(
        [
            ("port.rx_bytes", packets * 916), ("port.rx_unicast", packets), ("port.rx_dropped", 12), ("port.rx_crc_errors", 3), ("port.illegal_bytes", 0),
            ("port.mac_local_faults", 1), ("port.mac_remote_faults", 1), ("port.rx_length_errors", 0), ("port.link_xoff_rx", 0), ("port.rx_size_64", 7),
            ("port.rx_undersize", 0), ("port.rx_oversize", 0), ("port.fdir_atr_match", 0), ("port.fdir_sb_match", 511), ("port.fdir_sb_status", 1),
        ]);
        return [.. counters];
    }

    private static (string Name, ulong Value)[] I350()
    {
        List<(string, ulong)> counters = [("rx_packets", 90_210), ("rx_no_buffer_count", 4), ("rx_missed_errors", 2), ("rx_fifo_errors", 5)];
        for (int queue = 0; queue < 8; queue++)
        {
            counters.AddRange([($"rx_queue_{queue}_packets", 11_276), ($"rx_queue_{queue}_drops", queue == 3 ? 5UL : 0)]);
        }

        return [.. counters];
    }

    // struct ethtool_rxnfc as far as rule_locs, which begin before its end.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private record struct Head
    {
        public uint Command;
        public uint FlowType;
        public ulong Data;
        public EthtoolRxFlowSpec Flow;
        public uint RuleCount;
    }
}
