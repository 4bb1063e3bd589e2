using System.Globalization;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Suricata;

/// <summary>How packets come to the threads: L1 to L3, L7, L12, and J6, J9 of the kernel's side.</summary>
internal static class SuricataCaptureRules
{
    private static readonly ConfigRule Mmap = new("L1.UseMmap", "no use-mmap", "Rings are always mapped; 8.0 took the key away.", "field.md L1; upgrade.rst", "it is not there");
    private static readonly ConfigRule Tpacket = new("L1.TpacketVersion", "tpacket-v3 where packets are only read, v2 where they are copied", "A ring of form 2 has a whole frame for each packet, however small; one of form 3 lays them one after another. When packets are copied on, form 3 holds each back until its block is handed over.", "field.md L1; runmode-af-packet.c");
    private static readonly ConfigRule RunMode = new("L1.RunMode", "runmode workers", "In autofp packets go from a capture thread to others through a queue, and version 7 then has rings of form 2 only.", "field.md L1; runmode-af-packet.c", "workers, or left to the command line");
    private static readonly ConfigRule Block = new("L2.BlockSize", "blocks of whole pages that hold what they have to", "A block-size that is no multiple of a page is left out. With defrag the kernel hands over packets of up to 64 KiB, which smaller blocks cannot hold.", "field.md L2; runmode-af-packet.c");
    private static readonly ConfigRule Xdp = new("L2.XdpFile", "programs that are there", "Suricata warns and goes on without the program when it cannot load it.", "field.md L2; runmode-af-packet.c");
    private static readonly ConfigRule Type = new("L3.ClusterType", "cluster_qm, cluster_flow, cluster_cpu or cluster_ebpf", "cluster_rollover acts as cluster_flow; a type that is not known is left out with a warning; the random ones part the two directions of a flow.", "field.md L3; upgrade.rst, runmode-af-packet.c");
    private static readonly ConfigRule Program = new("L3.LoadBalancer", "a program for cluster_ebpf that keeps both directions together", "Without ebpf-lb-file no program picks the thread. The lb.bpf that Suricata brings along reads from the link header on, and Linux hands over packets from the network header on: it goes by the first half of the source address, and the two directions of a flow come to different threads.", "field.md L3; ebpf-xdp.rst, ebpf/lb.c; seen of 7.0.10 on Linux 6.18");
    private static readonly ConfigRule Queues = new("L3.QueueCount", "as many threads as receive queues with cluster_qm", "The kernel hands queue q to member (q + 1) mod members: with other counts some threads have two queues, and others none.", "field.md J6, L3; fanout_demux_qm of net/packet/af_packet.c");
    private static readonly ConfigRule Group = new("L3.ClusterId", "a group for each interface, that no other program has", "A group is one interface's; a second Suricata in the same group takes half of the packets of the first.", "field.md J9, L3; fanout_add of net/packet/af_packet.c");
    private static readonly ConfigRule Bypass = new("L7.Bypass", "bypass with a program that does it, and streams that ask for it", "af-packet's bypass takes an eBPF or XDP filter to carry it out, and stream.bypass for flows to be given up at the depth.", "field.md L7; ebpf-xdp.rst");
    private static readonly ConfigRule Checksum = new("L12.Checksums", "checksum-checks kernel", "The kernel says of each packet whether the card has verified it; checking again costs a pass over each packet.", "field.md L12; suricata.yaml.in");

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ConfigRule> All { get; } = [Mmap, Tpacket, RunMode, Block, Xdp, Type, Program, Queues, Group, Bypass, Checksum];

    /// <summary>The results.</summary>
    public static IEnumerable<ConfigCheck> Run(SuricataLintSubject subject)
    {
        SuricataConfig config = subject.Config;
        if (config.Interfaces.Length == 0)
        {
            yield return Type.Result(NotApplicable, "af-packet", subject.Root["af-packet"], "no interface is named");
            yield break;
        }

        foreach (SuricataNode item in subject.Root["af-packet"]!.Children.Where(item => item["use-mmap"] is not null))
        {
            yield return Mmap.Result(Warn, item["interface"]?.Value ?? "", item["use-mmap"], "it has no effect", "Take it away.");
        }

        if (config.RunMode is not (null or "workers"))
        {
            yield return RunMode.Result(Warn, "runmode", subject.Root["runmode"], config.RunMode, "Write runmode: workers.");
        }

        foreach (SuricataInterface card in config.Interfaces)
        {
            yield return OfTpacket(subject, card);
            yield return OfBlock(subject, card);
            yield return OfType(subject, card);
            yield return OfQueues(subject, card);
            yield return OfGroup(subject, card);
            foreach (ConfigCheck check in OfPrograms(subject, card))
            {
                yield return check;
            }

            string? checksums = subject.NodeOf(card, "checksum-checks") is { Name: "checksum-checks" } node ? node.Value : null;
            yield return checksums is null or "kernel" or "auto" ? Checksum.Result(Pass, card, "checksum-checks", subject, checksums ?? "kernel, by default")
                : Checksum.Result(Warn, card, "checksum-checks", subject, checksums, "Write checksum-checks: kernel.");
        }
    }

    private static ConfigCheck OfTpacket(SuricataLintSubject subject, SuricataInterface card)
    {
        bool isRight = card.CopyMode is null == (card.TpacketVersion == 3);
        string actual = $"form {card.TpacketVersion}{(card.CopyMode is null ? "" : $" in {card.CopyMode} mode")}";
        return Tpacket.Result(isRight ? Pass : Warn, card, "tpacket-v3", subject, actual, $"Write tpacket-v3: {(card.CopyMode is null ? "yes" : "no")}.");
    }

    private static ConfigCheck OfBlock(SuricataLintSubject subject, SuricataInterface card)
    {
        string key = card.TpacketVersion == 3 ? "block-size" : "v2-block-size";
        SuricataNode? node = subject.NodeOf(card, key);
        long? written = node?.Name == key ? node.AsNumber : null;
        return written is long odd && odd % 4096 != 0 ? Block.Result(Warn, card, key, subject, $"{odd} is no multiple of 4096; {card.BlockBytes} is taken", $"Write {key}: {Math.Max(1, odd / 4096) * 4096}.")
            : card.RingBytes == 0 ? Block.Result(Fail, card, key, subject, $"a packet does not fit into {card.BlockBytes} bytes", $"Write {key}: {SuricataRing.DefaultBlockBytes}.")
            : card.IsDefragmented && card.BlockBytes < SuricataRing.LargestDefragmented ? Block.Result(Warn, card, key, subject, $"{card.BlockBytes} bytes with defrag", $"Write {key}: {SuricataRing.DefaultBlockBytes}, or more.")
            : Block.Result(Pass, card, key, subject, $"{card.BlockBytes} bytes");
    }

    private static ConfigCheck OfType(SuricataLintSubject subject, SuricataInterface card) => card.ClusterType switch
    {
        "cluster_qm" or "cluster_flow" or "cluster_cpu" => Type.Result(Pass, card, "cluster-type", subject, card.ClusterType),
        "cluster_ebpf" => card.EbpfLoadBalancerFile is null
            ? Program.Result(Fail, card, "cluster-type", subject, "no ebpf-lb-file", "Name a program of your own as ebpf-lb-file, or write cluster-type: cluster_flow.")
            : card.EbpfLoadBalancerFile.EndsWith("/lb.bpf", StringComparison.Ordinal)
            ? Program.Result(Warn, card, "ebpf-lb-file", subject, "lb.bpf of Suricata parts the two directions", "Write cluster-type: cluster_flow, or cluster_qm with a symmetric hash, or name a program of your own.")
            : Type.Result(Pass, card, "cluster-type", subject, card.ClusterType),
        "cluster_rollover" => Type.Result(Warn, card, "cluster-type", subject, "cluster_rollover, which is no more: it acts as cluster_flow", "Write cluster-type: cluster_flow."),
        _ => Type.Result(Fail, card, "cluster-type", subject, card.ClusterType, "Write cluster_qm, cluster_flow, cluster_cpu or cluster_ebpf."),
    };

    private static ConfigCheck OfQueues(SuricataLintSubject subject, SuricataInterface card)
    {
        if (card.ClusterType != "cluster_qm")
        {
            return Queues.Result(NotApplicable, card, "threads", subject, $"{card.ClusterType} does not look at queues");
        }

        int? queues = subject.Machine.Queues(card.InterfaceName);
        return queues is null ? Queues.Result(Unknown, card, "threads", subject, subject.Machine.Has(card.InterfaceName) ? "the machine does not tell its queues" : "this machine has no such interface")
            : card.Threads is null || card.Threads == queues ? Queues.Result(Pass, card, "threads", subject, $"{queues} queues")
            : Queues.Result(Fail, card, "threads", subject, $"{card.Threads} threads for {queues} queues", string.Create(CultureInfo.InvariantCulture, $"Set-NicChannel '{card.InterfaceName}' -Combined {card.Threads}, or threads: {queues}"));
    }

    private static ConfigCheck OfGroup(SuricataLintSubject subject, SuricataInterface card)
    {
        if (card.ClusterId is not int id || subject.ThreadsOf(card) == 1)
        {
            return Group.Result(Pass, card, "cluster-id", subject, card.ClusterId is null ? "Suricata picks one" : "one thread joins no group");
        }

        string[] same = [.. subject.Config.Interfaces.Where(other => other.ClusterId == id && other.InterfaceName != card.InterfaceName).Select(other => other.InterfaceName)];
        string[] strangers = [.. subject.Machine.Groups.Where(socket => socket.FanoutId == id && (socket.InterfaceName != card.InterfaceName || !IsSuricata(socket.ProcessName))).Select(socket => socket.ProcessName ?? "a program").Distinct()];
        return same.Length > 0 ? Group.Result(Fail, card, "cluster-id", subject, $"{id} is that of '{same[0]}', too", "Give each interface a number of its own.")
            : strangers.Length > 0 ? Group.Result(Fail, card, "cluster-id", subject, $"{id} is that of {string.Join(", ", strangers)}", "Take another number.")
            : Group.Result(Pass, card, "cluster-id", subject, $"{id}");
    }

    // The main thread calls itself so; capture threads have their own names (W#01-…).
    private static bool IsSuricata(string? name) => name is null || name.StartsWith("Suricata", StringComparison.OrdinalIgnoreCase) || name.StartsWith("W#", StringComparison.Ordinal) || name.StartsWith("RX#", StringComparison.Ordinal);

    private static IEnumerable<ConfigCheck> OfPrograms(SuricataLintSubject subject, SuricataInterface card)
    {
        foreach ((string key, string? path) in ((string, string?)[])[("xdp-filter-file", card.XdpFilterFile), ("ebpf-filter-file", card.EbpfFilterFile), ("ebpf-lb-file", card.EbpfLoadBalancerFile)])
        {
            if (path is not null)
            {
                yield return subject.Sensor.Files.Exists(path) ? Xdp.Result(Pass, card, key, subject, path)
                    : subject.Sensor.IsLive ? Xdp.Result(Fail, card, key, subject, $"'{path}' is not there", "Debian has Suricata's programs in /usr/lib/suricata/ebpf.")
                    : Xdp.Result(Unknown, card, key, subject, $"the snapshot does not have '{path}'");
            }
        }

        bool isStream = subject.Root["stream.bypass"]?.AsBoolean == true;
        if (card.IsBypassing || isStream)
        {
            yield return card.IsBypassing && card.EbpfFilterFile is null && card.XdpFilterFile is null ? Bypass.Result(Warn, card, "bypass", subject, "no program to carry it out", "Name xdp-filter-file or ebpf-filter-file, or take bypass away.")
                : card.IsBypassing && !isStream ? Bypass.Result(Warn, card, "bypass", subject, "stream.bypass is not set", "Write stream: bypass: yes into the section that is there.")
                : Bypass.Result(Pass, card, "bypass", subject, card.IsBypassing ? "by the kernel" : "within Suricata");
        }
    }
}
