using System.Globalization;
using ZeptAdmin.Drops;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Zeek;

/// <summary>J5, J6, J7, J9 and J12: how packets come from the card to the workers.</summary>
internal static class ZeekPacketRules
{
    private const long DefaultBuffer = 134_217_728;
    private const long DefaultBlock = 32_768;
    private const int PageBytes = 4096;
    private const int DefaultId = 23;
    private const string Correct = "Test-ZeekNodeConfig -Corrected gives the file with this put right.";

    private static readonly ConfigRule Buffer = new("J5.Buffer", "rings of whole blocks that fit into the node's memory", "Each worker has a ring of its own, locked in memory; blocks are whole pages.", "field.md J5; packet_set_ring of net/packet/af_packet.c");
    private static readonly ConfigRule Queues = new("J6.Queues", "with FANOUT_QM as many workers as receive queues", "The kernel hands queue q to member (q + 1) mod members: with fewer queues some workers get nothing, with more some get twice as much.", "field.md J6; fanout_demux_qm of net/packet/af_packet.c, skb_record_rx_queue");
    private static readonly ConfigRule Mode = new("J7.FanoutMode", "FANOUT_QM, FANOUT_HASH or FANOUT_CPU", "For FANOUT_CBPF and FANOUT_EBPF Zeek loads no program, so all packets go to the first worker.", "field.md J7");
    private static readonly ConfigRule Group = new("J9.FanoutId", "another fanout group for each interface, none that another program has", "Two programs in one group get half of the packets each, without a word; two interfaces in one group are refused.", "field.md J9; zeek-af_packet-plugin#16");
    private static readonly ConfigRule Fanout = new("J12.Fanout", "fanout on where an interface has several workers", "Without a group each worker gets every packet.", "field.md J12");

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ConfigRule> All { get; } = [Buffer, Queues, Mode, Group, Fanout];

    /// <summary>The results.</summary>
    public static IEnumerable<ConfigCheck> Run(ZeekLintSubject subject)
    {
        ZeekNode[] nodes = [.. subject.Workers.Where(ZeekNodeReader.IsAfPacket)];
        return nodes.Length == 0
            ? [.. ((ConfigRule[])[Buffer, Queues, Mode, Group, Fanout]).Select(rule => rule.Result(NotApplicable, null, null, "no worker captures by AF_PACKET"))]
            : [.. nodes.SelectMany(node => (ConfigCheck[])[OfBuffer(subject, node), OfQueues(subject, node), OfMode(node), OfGroup(subject, node), OfFanout(node)])];
    }

    private static ConfigCheck OfBuffer(ZeekLintSubject subject, ZeekNode node)
    {
        ZeekOption? option = ZeekNodeReader.Option(node, "buffer_size") ?? ZeekNodeReader.Option(node, "block_size");
        long buffer = Number(node, "buffer_size") ?? DefaultBuffer;
        long block = Number(node, "block_size") ?? DefaultBlock;
        long all = buffer * node.Processes;
        int line = option?.Line ?? node.Line;
        if (block < PageBytes || block % PageBytes != 0 || buffer < block)
        {
            return Buffer.Result(Fail, node, line, $"blocks of {block} bytes in a ring of {buffer}", $"Write a multiple of {PageBytes} for the block, and a ring of several blocks.");
        }

        long? memory = !subject.IsHere(node) ? null : Array.Find(subject.Machine.Topology.Nics, nic => nic.InterfaceName == node.InterfaceName)?.Node is int number
            ? Array.Find(subject.Machine.Topology.Nodes, item => item.Node == number)?.MemoryTotalBytes ?? subject.Machine.Topology.MemoryTotalBytes
            : subject.Machine.Topology.MemoryTotalBytes;
        string actual = $"{node.Processes} rings of {Mib(buffer)} MiB{(buffer == DefaultBuffer ? ", Zeek's default" : "")}";
        return memory is null ? Buffer.Result(Pass, node, line, actual)
            : all > memory / 2 ? Buffer.Result(Fail, node, line, $"{actual}, of {Mib(memory.Value)} MiB", "Take smaller rings, or fewer workers.")
            : Buffer.Result(Pass, node, line, $"{actual}, of {Mib(memory.Value)} MiB");
    }

    private static ConfigCheck OfQueues(ZeekLintSubject subject, ZeekNode node)
    {
        int line = subject.LineOf(node, subject.IsNodeCfg ? "lb_procs" : "workers");
        string mode = ZeekNodeReader.FanoutMode(node);
        if (mode != "FANOUT_QM")
        {
            return Queues.Result(NotApplicable, node, line, $"{mode}: queues and workers need not match");
        }

        int? queues = subject.IsHere(node) && node.InterfaceName is string name ? subject.Machine.Queues(name) : null;
        string meaning = $"queue {node.Processes - 1} feeds the first worker{(node.Processes > 1 ? ", queue 0 the second" : "")}, when they joined in order";
        return queues is null ? Queues.Result(Unknown, node, line, $"the machine does not say how many queues '{node.InterfaceName}' has")
            : queues == node.Processes ? Queues.Result(Pass, node, line, $"{node.Processes} workers, {queues} queues: {meaning}")
            : Queues.Result(Fail, node, line, $"{node.Processes} workers, {queues} queues", $"Set-NicChannel '{node.InterfaceName}' -Combined {node.Processes}, or write {queues} workers with as many CPUs.");
    }

    private static ConfigCheck OfMode(ZeekNode node)
    {
        string mode = ZeekNodeReader.FanoutMode(node);
        int line = ZeekNodeReader.Option(node, "fanout_mode")?.Line ?? node.Line;
        return mode is "FANOUT_CBPF" or "FANOUT_EBPF" ? Mode.Result(Fail, node, line, mode, $"Write AF_Packet::FANOUT_HASH. {Correct}") : Mode.Result(Pass, node, line, mode);
    }

    private static ConfigCheck OfGroup(ZeekLintSubject subject, ZeekNode node)
    {
        int line = ZeekNodeReader.Option(node, "fanout_id")?.Line ?? node.Line;
        int id = IdOf(node);
        ZeekNode? other = subject.Workers.FirstOrDefault(item => item != node && item.Host == node.Host && ZeekNodeReader.IsAfPacket(item) && IdOf(item) == id && (item.InterfaceName != node.InterfaceName || ZeekNodeReader.FanoutMode(item) != ZeekNodeReader.FanoutMode(node)));
        if (other is not null)
        {
            return Group.Result(Fail, node, line, $"group {id}, as '{other.Name}'", $"Give each interface its own af_packet_fanout_id. {Correct}");
        }

        AfPacketSocket? stranger = subject.IsHere(node)
            ? Array.Find(subject.Machine.Groups, socket => socket.FanoutId == id && (socket.InterfaceName != node.InterfaceName || (socket.ProcessName is string name && !name.StartsWith("zeek", StringComparison.Ordinal))))
            : null;
        return stranger is null
            ? Group.Result(Pass, node, line, $"group {id}")
            : Group.Result(Fail, node, line, $"group {id} is that of {stranger.ProcessName ?? "another program"} on '{stranger.InterfaceName}'", $"Take another af_packet_fanout_id. {Correct}");
    }

    private static ConfigCheck OfFanout(ZeekNode node)
    {
        ZeekOption? option = ZeekNodeReader.Option(node, "enable_fanout");
        return option?.Value == "F" && node.Processes > 1
            ? Fanout.Result(Fail, node, option.Line, $"off, with {node.Processes} workers", "Leave af_packet_enable_fanout out.")
            : Fanout.Result(Pass, node, option?.Line ?? node.Line, option?.Value == "F" ? "off, with one worker" : "on");
    }

    /// <summary>Number of a node's fanout group: Zeek's default when the file does not say.</summary>
    internal static int IdOf(ZeekNode node) => (int)(Number(node, "fanout_id") ?? DefaultId);

    private static long? Number(ZeekNode node, string key) =>
        long.TryParse(ZeekNodeReader.Option(node, key)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string Mib(long bytes) => (bytes >> 20).ToString(CultureInfo.InvariantCulture);
}
