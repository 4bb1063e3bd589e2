using System.Globalization;
using System.Numerics;
using System.Text;

namespace ZeptAdmin.Suricata;

/// <summary>Writes a configuration: whole sections, as a section that comes again takes away all of the one before it.</summary>
internal static class SuricataText
{
    /// <summary>A flow with its storage takes no more than this (sizeof(Flow) and what registers beside it), so that what is preallocated fits.</summary>
    private const int FlowBytes = 1024;

    /// <summary>The file of a wish.</summary>
    public static string Write(SuricataWish wish)
    {
        StringBuilder text = new();
        // The first two lines are what Suricata demands of each file.
        Line(text, "%YAML 1.1");
        Line(text, "---");
        Line(text, $"# Packets, threads and memory of Suricata {wish.Version}, made by New-SuricataConfig.");
        Line(text, "# Include it at the end of suricata.yaml: a section that comes again takes away all of the one before it.");
        Line(text, "");
        Line(text, "runmode: workers");
        Line(text, "");
        AfPacket(text, wish);
        Threading(text, wish);
        Flow(text, wish);
        Stream(text, wish);
        return text.ToString();
    }

    private static void AfPacket(StringBuilder text, SuricataWish wish)
    {
        Line(text, "af-packet:");
        foreach (SuricataCapture capture in wish.Captures)
        {
            if (capture.ClusterType == "cluster_qm" && capture.Threads > 1)
            {
                Line(text, $"  # The kernel hands queue q to member (q + 1) mod {capture.Threads} in the order in which the threads' sockets join, which nobody warrants");
                Line(text, $"  # (Test-AfPacketFanout shows it). It takes {capture.Threads} receive queues.");
            }

            Line(text, $"  - interface: {Quoted(capture.InterfaceName)}");
            Line(text, $"    threads: {capture.Threads}");
            Line(text, $"    cluster-id: {capture.ClusterId}");
            Line(text, $"    cluster-type: {capture.ClusterType}");
            Line(text, $"    defrag: {YesNo(capture.ClusterType == "cluster_flow")}");
            Line(text, $"    tpacket-v3: {YesNo(capture.TpacketVersion == 3)}");
            Line(text, $"    ring-size: {capture.RingSize}");
            Line(text, $"    {(capture.TpacketVersion == 3 ? "block-size" : "v2-block-size")}: {capture.BlockBytes}");
            if (capture.IsLocked)
            {
                Line(text, "    mmap-locked: yes");
            }

            Line(text, "    checksum-checks: kernel");
            if (capture.EbpfLoadBalancerFile is string balancer)
            {
                Line(text, $"    ebpf-lb-file: {Quoted(balancer)}");
            }

            if (capture.EbpfFilterFile is string filter)
            {
                Line(text, $"    ebpf-filter-file: {Quoted(filter)}");
            }

            if (capture.XdpFilterFile is string xdp)
            {
                Line(text, $"    xdp-mode: {capture.XdpMode ?? "soft"}");
                Line(text, $"    xdp-filter-file: {Quoted(xdp)}");
                if (capture.XdpMode == "hw")
                {
                    // The card has one table for all.
                    Line(text, "    use-percpu-hash: no");
                }
            }

            if (wish.IsBypassing && (capture.EbpfFilterFile ?? capture.XdpFilterFile) is not null)
            {
                Line(text, "    bypass: yes");
            }
        }

        Line(text, "");
    }

    private static void Threading(StringBuilder text, SuricataWish wish)
    {
        SuricataCapture[] pinned = [.. wish.Captures.Where(capture => capture.Cpus.Length > 0)];
        Line(text, "threading:");
        Line(text, $"  set-cpu-affinity: {YesNo(pinned.Length > 0)}");
        if (wish.Version >= 8)
        {
            Line(text, "  autopin: no");
        }

        if (pinned.Length > 0)
        {
            int[] all = [.. pinned.SelectMany(capture => capture.Cpus)];
            Line(text, "  cpu-affinity:");
            string lead = wish.Version >= 8 ? "    " : "    - ";
            string deeper = wish.Version >= 8 ? "      " : "        ";
            Line(text, $"{lead}management-cpu-set:");
            Line(text, $"{deeper}cpu: [ {List(wish.ManagementCpus)} ]");
            Line(text, $"{lead}worker-cpu-set:");
            Line(text, $"{deeper}cpu: [ {List([.. all.Order()])} ]");
            Line(text, $"{deeper}mode: exclusive");
            Line(text, $"{deeper}threads: {all.Length}");
            Line(text, $"{deeper}prio:");
            Line(text, $"{deeper}  default: high");
            if (wish.Version >= 8)
            {
                Line(text, $"{deeper}interface-specific-cpu-set:");
                foreach (SuricataCapture capture in pinned)
                {
                    Line(text, $"{deeper}  - interface: {Quoted(capture.InterfaceName)}");
                    Line(text, $"{deeper}    cpu: [ {List(capture.Cpus)} ]");
                    Line(text, $"{deeper}    mode: exclusive");
                    Line(text, $"{deeper}    prio:");
                    Line(text, $"{deeper}      default: high");
                }
            }
        }

        Line(text, "  detect-thread-ratio: 1.0");
        Line(text, "");
    }

    private static void Flow(StringBuilder text, SuricataWish wish)
    {
        long flows = Math.Clamp(wish.FlowBytes / 4 / FlowBytes, 10_000, 1_000_000);
        Line(text, "flow:");
        Line(text, $"  memcap: {SuricataSize.OfMiB(wish.FlowBytes)}");
        Line(text, $"  hash-size: {Math.Max(65_536, BitOperations.RoundUpToPowerOf2((uint)(flows * 2)))}");
        Line(text, $"  prealloc: {flows}");
        Line(text, "  emergency-recovery: 30");
        Line(text, "");
    }

    private static void Stream(StringBuilder text, SuricataWish wish)
    {
        Line(text, "stream:");
        Line(text, $"  memcap: {SuricataSize.OfMiB(wish.StreamBytes)}");
        Line(text, "  checksum-validation: yes");
        Line(text, "  inline: auto");
        Line(text, $"  bypass: {YesNo(wish.IsBypassing)}");
        Line(text, "  reassembly:");
        Line(text, $"    memcap: {SuricataSize.OfMiB(wish.ReassemblyBytes)}");
        Line(text, $"    depth: {SuricataSize.OfMiB(wish.ReassemblyDepth)}");
        Line(text, "    toserver-chunk-size: 2560");
        Line(text, "    toclient-chunk-size: 2560");
        Line(text, "    randomize-chunk-size: yes");
    }

    // Names are checked before (SuricataValues): no quote is in them.
    private static string Quoted(string value) => value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') && !char.IsAsciiDigit(value[0]) && value.Any(char.IsAsciiLetter)
        && value is not ("yes" or "no" or "on" or "off" or "true" or "false" or "null" or "y" or "n") ? value : $"\"{value}\"";

    private static string List(int[] cpus) => string.Join(", ", cpus.Select(cpu => cpu.ToString(CultureInfo.InvariantCulture)));

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static void Line(StringBuilder text, string line) => _ = text.Append(line).Append('\n');
}
