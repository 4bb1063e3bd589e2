using System.Globalization;
using System.Text.RegularExpressions;

namespace ZeptAdmin.Zeek;

/// <summary>Keys of the two files, and what may stand behind them.</summary>
/// <remarks>
/// zeekctl fd306d7: ZeekControl/node.py (_keys), plugins/zzz_af_packet.py (nodeKeys; no other plugin has any). Zeek a13de64f:
/// tools/systemd-generator/src/zeek-cluster-config.cc, src/iosource/af_packet/af_packet.bif, scripts/base/init-bare.zeek.
/// </remarks>
internal static partial class ZeekKeys
{
    /// <summary>Keys of a node of node.cfg.</summary>
    public static readonly string[] Node = ["type", "host", "interface", "aux_scripts", "zeekbase", "ether", "zone_id", "lb_procs", "lb_method", "lb_interfaces", "pin_cpus", "env_vars", "count"];

    /// <summary>Settings of AF_PACKET; node.cfg has them with <c>af_packet_</c> before, zeek.conf as <c>AF_Packet::</c> in worker_args.</summary>
    public static readonly string[] AfPacket = ["block_size", "block_timeout", "buffer_size", "checksum_validation_mode", "enable_defrag", "enable_fanout", "enable_hw_timestamping", "fanout_id", "fanout_mode", "link_type"];

    /// <summary>Keys of an interface section of zeek.conf.</summary>
    public static readonly string[] ConfInterface = ["interface", "workers", "worker_args", "worker_env", "workers_cpu_list", "worker_numa_policy", "workers_numa_policy", "worker_nice", "worker_memory_max"];

    /// <summary>Keys of the section [zeek] of zeek.conf.</summary>
    public static readonly string[] ConfHost =
    [
        "args", "manager_args", "logger_args", "proxy_args", "archiver_args", "env", "manager_env", "logger_env", "proxy_env", "archiver_env", "user", "group", "manager", "loggers", "proxies",
        "archiver", "base_dir", "path", "ext_path", "ext_zeek_path", "cluster_backend_args", "cluster_layout", "cluster_node_prefix", "port", "cluster_port", "address", "cluster_address",
        "metrics_port", "metrics_address", "manager_nice", "logger_nice", "proxy_nice", "archiver_nice", "manager_memory_max", "logger_memory_max", "proxy_memory_max", "archiver_memory_max",
        "manager_cpu_set", "logger_cpu_set", "proxy_cpu_set", "archiver_cpu_set", "restart_interval_sec",
    ];

    /// <summary>Methods of zeekctl.</summary>
    public static readonly string[] Methods = ["af_packet", "pf_ring", "myricom", "custom", "interfaces"];

    /// <summary>Modes of a fanout group that Zeek knows; for the last two it loads no program (field.md J7).</summary>
    public static readonly string[] FanoutModes = ["FANOUT_HASH", "FANOUT_CPU", "FANOUT_QM", "FANOUT_CBPF", "FANOUT_EBPF"];

    private static readonly string[] ChecksumModes = ["CHECKSUM_OFF", "CHECKSUM_ON", "CHECKSUM_KERNEL"];

    /// <summary>True for what zeekctl knows as a key.</summary>
    public static bool IsNodeKey(string key) => Node.Contains(key) || (key.StartsWith("af_packet_", StringComparison.Ordinal) && AfPacket.Contains(key["af_packet_".Length..]));

    /// <summary>What a setting of AF_PACKET has to be; null when the value is that.</summary>
    public static string? Expected(string key, string value) => key switch
    {
        "block_size" or "buffer_size" or "link_type" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : "a number of bytes without a unit",
        "fanout_id" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id is >= 0 and < 65536 ? null : "a number from 0 to 65535",
        "enable_defrag" or "enable_fanout" or "enable_hw_timestamping" => value is "T" or "F" ? null : "T or F",
        "fanout_mode" => value.StartsWith("AF_Packet::", StringComparison.Ordinal) && FanoutModes.Contains(value["AF_Packet::".Length..]) ? null : "AF_Packet::FANOUT_QM, AF_Packet::FANOUT_HASH or AF_Packet::FANOUT_CPU",
        "checksum_validation_mode" => value.StartsWith("AF_Packet::", StringComparison.Ordinal) && ChecksumModes.Contains(value["AF_Packet::".Length..]) ? null : "AF_Packet::CHECKSUM_ON, CHECKSUM_OFF or CHECKSUM_KERNEL",
        "block_timeout" => Interval().IsMatch(value) ? null : "a time as 10msec",
        _ => null,
    };

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)? ?(usec|msec|sec|min|hr|day)s?$")]
    private static partial Regex Interval();
}
