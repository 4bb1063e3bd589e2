using ZeptAdmin.Topology;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Suricata;

/// <summary>L5 and L6: whether memory is as much as it takes, and no more than there is. L9: how rules are grouped.</summary>
internal static class SuricataMemoryRules
{
    private static readonly ConfigRule Stream = new("L5.StreamMemory", "memcaps of streams that fit the machine", "At the memcap Suricata lets streams go unwatched; the template's 64 and 256 MiB are for a small machine. S1 has 12 and 24 GiB of 128, S2 14 and 20.", "field.md L5");
    private static readonly ConfigRule Equation = new("L6.Memory", "rings, packets and memcaps below the machine's memory", "What is over the memory goes to swap, or the kernel kills Suricata, under load and not before. Rules come on top.", "field.md C6, L6, S1; source-af-packet.c");
    private static readonly ConfigRule OfNode = new("L6.NodeMemory", "rings below half of their node's memory", "A ring is taken from the node of the thread that opens it; when that is full, from another, and each packet crosses the link.", "field.md C6, L6");
    private static readonly ConfigRule Profile = new("L9.Profile", "detect.profile high on a sensor with many rules", "More groups of rules make each group smaller, for memory.", "field.md L9; tuning-considerations.rst");

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ConfigRule> All { get; } = [Stream, Equation, OfNode, Profile];

    /// <summary>The results.</summary>
    public static IEnumerable<ConfigCheck> Run(SuricataLintSubject subject)
    {
        SuricataMemory memory = subject.Config.Memory;
        SuricataNode root = subject.Root;
        long? total = subject.Machine.Topology.MemoryTotalBytes;
        SuricataNode? stream = root["stream.memcap"] ?? root["stream"];
        string streams = $"{SuricataSize.Words(memory.StreamBytes)} for streams, {SuricataSize.Words(memory.ReassemblyBytes)} for reassembly";
        yield return total is null ? Stream.Result(Unknown, "stream.memcap", stream, $"{streams}; the machine does not tell its memory")
            : total >= 16L << 30 && memory.StreamBytes + memory.ReassemblyBytes < total / 32 ? Stream.Result(Warn, "stream.memcap", stream, $"{streams} of {SuricataSize.Words(total.Value)}", "New-SuricataConfig reckons them.")
            : Stream.Result(Pass, "stream.memcap", stream, streams);

        if (subject.Config.Interfaces.Length == 0)
        {
            yield break;
        }

        SuricataInterface largest = subject.Config.Interfaces.MaxBy(card => card.RingBytes * (subject.ThreadsOf(card) ?? 1))!;
        long unnamed = subject.Config.Interfaces.Where(card => card.Threads is null).Sum(card => card.RingBytes * ((subject.ThreadsOf(card) ?? 1) - 1));
        long all = memory.TotalBytes + unnamed;
        string sum = $"{SuricataSize.Words(memory.RingBytes + unnamed)} for rings, {SuricataSize.Words(all)} in all";
        yield return total is null ? Equation.Result(Unknown, largest, "ring-size", subject, $"{sum}; the machine does not tell its memory")
            : all > total ? Equation.Result(Fail, largest, "ring-size", subject, $"{sum}, of {SuricataSize.Words(total.Value)}", $"'{largest.InterfaceName}' has {SuricataSize.Words(largest.RingBytes)} for each thread: lower ring-size or the memcaps. New-SuricataConfig reckons them.")
            : all > total * 0.8 ? Equation.Result(Warn, largest, "ring-size", subject, $"{sum}, of {SuricataSize.Words(total.Value)}", "Leave a fifth for rules and the kernel.")
            : Equation.Result(Pass, largest, "ring-size", subject, $"{sum}, of {SuricataSize.Words(total.Value)}");

        foreach (NumaNode node in subject.Machine.Topology.Nodes.Length > 1 ? subject.Machine.Topology.Nodes : [])
        {
            long rings = subject.Config.Workers.Where(worker => worker.Cpu is int cpu && node.Cpus.Contains(cpu)).Sum(worker => Array.Find(subject.Config.Interfaces, card => card.InterfaceName == worker.InterfaceName)!.RingBytes);
            if (rings > 0 && node.MemoryTotalBytes is > 0 and long has)
            {
                yield return OfNode.Result(rings > has / 2 ? Warn : Pass, largest, "ring-size", subject, $"{SuricataSize.Words(rings)} on node {node.Node}, which has {SuricataSize.Words(has)}", "Lower ring-size, or divide threads over nodes.");
            }
        }

        string? profile = root["detect.profile"]?.Value;
        yield return profile is "high" or "custom" ? Profile.Result(Pass, "detect.profile", root["detect.profile"], profile)
            : Profile.Result(NotApplicable, "detect.profile", root["detect.profile"], $"{profile ?? "medium, by default"}; whether it pays depends on the rules");
    }
}
