using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Suricata;

/// <summary>L4: on which CPUs the threads run.</summary>
internal static class SuricataCpuRules
{
    private const string Fresh = "New-SuricataConfig makes the section.";

    private static readonly ConfigRule Affinity = new("L4.Affinity", "threads pinned", "A thread that moves leaves its cache behind, and meets the interrupts.", "field.md L4, S1, S2");
    private static readonly ConfigRule Limit = new("L4.ThreadLimit", "no more threads than Suricata makes", "Of one interface it makes as many threads as worker-cpu-set has in threads, else as there are online CPUs times detect-thread-ratio; beyond that it leaves the number in af-packet without a word.", "field.md L4; thread_max of util-runmodes.c and runmodes.c");
    private static readonly ConfigRule Layout = new("L4.Layout", "sets of CPUs in this version's layout", "7.0 reads a list, and stops at anything else; 8.0 has a map, and reads the old list with a warning.", "field.md L4; AffinitySetupLoadFromConfig of util-affinity.c");
    private static readonly ConfigRule Online = new("L4.CpuRange", "CPUs below the number of online ones", "Suricata counts CPUs from 0 to the online ones: it refuses a range beyond, and gives a single one beyond to nobody.", "field.md L4; BuildCpusetWithCallback and AffinityGetNextCPU of util-affinity.c");
    private static readonly ConfigRule Count = new("L4.CpuCount", "a CPU for each thread", "Of a set that is too small Suricata gives a CPU to two threads; with mode balanced all threads have all of them.", "field.md L4; AffinityGetNextCPU of util-affinity.c");
    private static readonly ConfigRule Shared = new("L4.Core", "a core for each thread", "Two threads on the two halves of a core get little more than one's share of packets.", "field.md L4, B4");
    private static readonly ConfigRule Node = new("L4.Node", "threads on the card's node", "Packets lie in the memory of the card's node; a thread elsewhere fetches each over the link between packages. On EPYC S2 does it on purpose, with cluster_flow.", "field.md A8, L4, L10");
    private static readonly ConfigRule Irq = new("L4.Irq", "no thread on a core that takes the card's interrupts", "The softirq of a busy queue takes the CPU from the thread whenever packets come.", "field.md R10, L4, S1");
    private static readonly ConfigRule Management = new("L4.Management", "the other threads apart from workers", "Flow managers and the log of statistics take the CPU in bursts.", "field.md L4, S1");

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ConfigRule> All { get; } = [Affinity, Limit, Layout, Online, Count, Shared, Node, Irq, Management];

    /// <summary>The results.</summary>
    public static IEnumerable<ConfigCheck> Run(SuricataLintSubject subject)
    {
        SuricataNode root = subject.Root;
        SuricataNode? threading = root["threading"];
        if (subject.Config.Interfaces.Length == 0)
        {
            yield break;
        }

        foreach (SuricataInterface card in subject.Config.Interfaces)
        {
            yield return OfLimit(subject, card);
        }

        if (root["threading.set-cpu-affinity"]?.AsBoolean != true)
        {
            yield return Affinity.Result(Warn, "set-cpu-affinity", root["threading.set-cpu-affinity"] ?? threading, root["threading.set-cpu-affinity"] is null ? "not there, which is no" : "no", $"Write set-cpu-affinity: yes with sets of CPUs. {Fresh}");
            yield break;
        }

        SuricataNode? sets = root["threading.cpu-affinity"];
        bool isList = sets?.IsList == true;
        int version = subject.Config.Version;
        if (sets is not null)
        {
            yield return Affinity.Result(Pass, "set-cpu-affinity", root["threading.set-cpu-affinity"], "yes");
        }

        yield return sets is null ? Affinity.Result(Warn, "cpu-affinity", threading, "no sets of CPUs", Fresh)
            : isList && version >= 8 ? Layout.Result(Warn, "cpu-affinity", sets, $"the list of version 7, read by {version}", $"Make it a map. {Fresh}")
            : !isList && version < 8 ? Layout.Result(Fail, "cpu-affinity", sets, "the map of version 8, read by 7", $"Make it a list. {Fresh}")
            : Layout.Result(Pass, "cpu-affinity", sets, isList ? "a list" : "a map");
        SuricataNode? workers = SuricataReader.CpuSet(root, "worker-cpu-set");
        if (workers is null)
        {
            yield return Count.Result(Warn, "worker-cpu-set", sets, "there is none: threads may run anywhere", Fresh);
            yield break;
        }

        foreach (string name in (string[])["management-cpu-set", "worker-cpu-set"])
        {
            if (SuricataReader.CpuSet(root, name) is SuricataNode set)
            {
                yield return OfRange(subject, name, set["cpu"] ?? set);
            }
        }

        foreach (SuricataInterface card in subject.Config.Interfaces)
        {
            SuricataNode set = SuricataReader.OfInterface(workers, card.InterfaceName) ?? workers;
            yield return OfCount(subject, card, set, ReferenceEquals(set, workers));
            int[] cpus = [.. subject.Config.Workers.Where(worker => worker.InterfaceName == card.InterfaceName).Select(worker => worker.Cpu).OfType<int>()];
            if (cpus.Length > 0)
            {
                yield return OfCore(subject, card, set, cpus);
                yield return OfNode(subject, card, set, cpus);
                yield return OfIrq(subject, card, set, cpus);
            }
        }

        int[] system = subject.Config.ManagementCpus;
        int[] shared = [.. system.Intersect(subject.Config.Workers.Select(worker => worker.Cpu).OfType<int>())];
        SuricataNode? management = SuricataReader.CpuSet(root, "management-cpu-set");
        yield return shared.Length > 0 ? Management.Result(Fail, "management-cpu-set", management, $"CPU {CpuList.Of(shared)} has a worker, too", $"Name other CPUs. {Fresh}")
            : system.Length == 0 ? Management.Result(Warn, "management-cpu-set", management ?? sets, "they may run on a worker's CPU", $"Write a management-cpu-set. {Fresh}")
            : Management.Result(Pass, "management-cpu-set", management, $"CPUs {CpuList.Of(system)}");
    }

    private static ConfigCheck OfLimit(SuricataLintSubject subject, SuricataInterface card)
    {
        SuricataNode root = subject.Root;
        int online = subject.Machine.Topology.OnlineCpus.Count;
        long? named = root["threading.set-cpu-affinity"]?.AsBoolean == true ? SuricataReader.CpuSet(root, "worker-cpu-set")?["threads"]?.AsNumber : null;
        double ratio = double.TryParse(root["threading.detect-thread-ratio"]?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double given) ? given : 1;
        long most = named ?? Math.Max(1, (long)(online * ratio));
        return card.Threads is null || (named is null && online == 0) ? Limit.Result(Unknown, card, "threads", subject, "how many threads there are is not known")
            : card.Threads > most ? Limit.Result(Fail, card, "threads", subject, $"{card.Threads} are wanted, {most} are made", $"Write threads: {card.Threads} into worker-cpu-set, or fewer here.")
            : Limit.Result(Pass, card, "threads", subject, $"{card.Threads} of {most}");
    }

    private static ConfigCheck OfRange(SuricataLintSubject subject, string name, SuricataNode list)
    {
        int online = subject.Machine.Topology.OnlineCpus.Count;
        int[] beyond = [.. SuricataReader.Cpus(list).Where(cpu => cpu >= online)];
        return online == 0 ? Online.Result(Unknown, name, list, "the machine does not tell its CPUs")
            : beyond.Length > 0 ? Online.Result(Fail, name, list, $"CPUs {CpuList.Of(beyond)} with {online} online", $"Name CPUs from 0 to {online - 1}. {Fresh}")
            : Online.Result(Pass, name, list, list.Values.Contains("all") ? "all" : $"CPUs {CpuList.Of(SuricataReader.Cpus(list))}");
    }

    private static ConfigCheck OfCount(SuricataLintSubject subject, SuricataInterface card, SuricataNode set, bool isCommon)
    {
        int[] cpus = SuricataReader.Cpus(set["cpu"]);
        int? threads = isCommon ? subject.Config.Interfaces.Sum(subject.ThreadsOf) : subject.ThreadsOf(card);
        return set["mode"]?.Value == "balanced" ? Count.Result(Warn, card.InterfaceName, set["mode"], "balanced: each thread may run on each of them", "Write mode: exclusive.")
            : set["cpu"]?.Values.Contains("all") == true ? Count.Result(Warn, card.InterfaceName, set["cpu"], "all: workers come to CPUs of interrupts and of the other threads", Fresh)
            : threads is null || card.Threads is null ? Count.Result(Unknown, card.InterfaceName, set["cpu"] ?? set, "how many threads there are is not known")
            : cpus.Length < threads ? Count.Result(Fail, card.InterfaceName, set["cpu"] ?? set, $"{cpus.Length} CPUs for {threads} threads: some share one", $"Name as many CPUs as threads. {Fresh}")
            : Count.Result(Pass, card.InterfaceName, set["cpu"] ?? set, $"{cpus.Length} CPUs for {threads} threads");
    }

    private static ConfigCheck OfCore(SuricataLintSubject subject, SuricataInterface card, SuricataNode set, int[] cpus)
    {
        CpuList mine = CpuList.Of(cpus);
        CpuList all = CpuList.Of(subject.Config.Workers.Select(worker => worker.Cpu).OfType<int>());
        CpuList beside = subject.Machine.Topology.Cores.Where(core => core.Cpus.Overlaps(mine) && core.Cpus.Intersect(all).Count > 1).Aggregate(CpuList.Empty, (found, core) => found.Union(core.Cpus.Intersect(all)));
        return beside.IsEmpty ? Shared.Result(Pass, card.InterfaceName, set["cpu"] ?? set, $"{mine.Count} CPUs on as many cores")
            : Shared.Result(Warn, card.InterfaceName, set["cpu"] ?? set, $"threads on halves of one core: CPUs {beside}", $"Name one CPU of each core. {Fresh}");
    }

    private static ConfigCheck OfNode(SuricataLintSubject subject, SuricataInterface card, SuricataNode set, int[] cpus)
    {
        if (subject.Machine.NodeCpus(card.InterfaceName) is not CpuList near)
        {
            return Node.Result(NotApplicable, card.InterfaceName, set["cpu"] ?? set, "the machine has one node, or does not say where the card is");
        }

        CpuList far = CpuList.Of(cpus).Except(near);
        return far.IsEmpty ? Node.Result(Pass, card.InterfaceName, set["cpu"] ?? set, $"CPUs {CpuList.Of(cpus)} are on the card's node")
            : Node.Result(Warn, card.InterfaceName, set["cpu"] ?? set, $"CPUs {far} are on another node", subject.Config.Version < 8 && subject.Config.Interfaces.Length > 1
                ? $"Name CPUs of {near}. Version 7 hands one set to the interfaces in turn, ascending: put the interface of the lower node first. {Fresh}"
                : $"Name CPUs of {near}. {Fresh}");
    }

    private static ConfigCheck OfIrq(SuricataLintSubject subject, SuricataInterface card, SuricataNode set, int[] cpus)
    {
        CpuList irqs = subject.Config.Interfaces.Where(other => subject.Machine.Has(other.InterfaceName)).Aggregate(CpuList.Empty, (all, other) => all.Union(subject.Machine.IrqCpus(other.InterfaceName)));
        if (irqs.IsEmpty)
        {
            return Irq.Result(Unknown, card.InterfaceName, set["cpu"] ?? set, "which CPUs take the interrupts is not known");
        }

        CpuList mine = CpuList.Of(cpus);
        CpuList same = mine.Intersect(irqs);
        CpuList beside = mine.Intersect(subject.Machine.WithSiblings(irqs)).Except(irqs);
        return !same.IsEmpty ? Irq.Result(Fail, card.InterfaceName, set["cpu"] ?? set, $"CPUs {same} take interrupts, too", $"Name other CPUs, or move the interrupts with Set-IrqAffinity. {Fresh}")
            : !beside.IsEmpty ? Irq.Result(Warn, card.InterfaceName, set["cpu"] ?? set, $"CPUs {beside} share a core with an interrupt", $"Name CPUs of other cores. {Fresh}")
            : Irq.Result(Pass, card.InterfaceName, set["cpu"] ?? set, $"interrupts are on CPUs {irqs}");
    }
}
