using ZeptAdmin.Linux;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Zeek;

/// <summary>J8 and J13: on which CPUs the processes run.</summary>
internal static class ZeekPinRules
{
    private const string Correct = "Test-ZeekNodeConfig -Corrected gives the file with other CPUs.";

    private static readonly ConfigRule Count = new("J8.PinCount", "as many CPUs as workers", "zeekctl repeats a list that is too short, so that two workers share a CPU, and leaves out the end of one that is too long; it says nothing of either.", "field.md J1, J8; _get_pin_cpu_list of zeekctl's config.py");
    private static readonly ConfigRule Online = new("J8.PinOnline", "CPUs that the machine has", "taskset refuses a CPU that is not online, and the worker does not start.", "field.md J8; zeekctl bin/run-zeek");
    private static readonly ConfigRule Shared = new("J8.PinShared", "a core for each worker", "Two workers on a CPU, or on the two threads of a core, get little more than one's share of packets.", "field.md J8, B4");
    private static readonly ConfigRule NearCard = new("J8.PinNode", "workers on the card's node", "Packets lie in the memory of the card's node; a worker elsewhere fetches each over the link between packages.", "field.md A8, J8");
    private static readonly ConfigRule Irq = new("J8.PinIrq", "no worker on a core that takes the card's interrupts", "The softirq of a busy queue takes the CPU from the worker whenever packets come, which is when it is needed most.", "field.md R10, J8, S1");
    private static readonly ConfigRule System = new("J13.SystemCpus", "manager, loggers and proxies apart from workers", "They take the CPU from a worker in bursts: when logs are written, when the manager collects.", "field.md J1, J13, R10");

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ConfigRule> All { get; } = [Count, Online, Shared, NearCard, Irq, System];

    /// <summary>The results.</summary>
    public static IEnumerable<ConfigCheck> Run(ZeekLintSubject subject)
    {
        foreach (ZeekNode node in subject.Workers)
        {
            int line = subject.PinLine(node);
            if (node.PinCpus.Length == 0)
            {
                yield return Count.Result(Warn, node, line, "no CPUs: workers move about", $"Name the CPUs. {Correct}");
                continue;
            }

            yield return OfCount(subject, node, line);
            yield return OfShared(subject, node, line);
            yield return OfSystem(subject, node, line);
            if (!subject.IsHere(node))
            {
                foreach (ConfigRule rule in (ConfigRule[])[Online, NearCard, Irq])
                {
                    yield return rule.Result(Unknown, node, line, $"it is for host '{node.Host}', not for this machine");
                }

                continue;
            }

            yield return OfOnline(subject, node, line);
            yield return OfNode(subject, node, line);
            yield return OfIrq(subject, node, line);
        }
    }

    private static ConfigCheck OfCount(ZeekLintSubject subject, ZeekNode node, int line)
    {
        string actual = $"{node.PinCpus.Length} CPUs for {node.Processes} {(node.Processes == 1 ? "worker" : "workers")}";
        return node.PinCpus.Length == node.Processes ? Count.Result(Pass, node, line, actual)
            : node.PinCpus.Length > node.Processes ? Count.Result(Warn, node, line, $"{actual}: {CpuList.Of(node.PinCpus[node.Processes..])} is never used", $"Leave out what is too many. {Correct}")
            : Count.Result(Fail, node, line, $"{actual}: some share a CPU", $"Name as many CPUs as workers. {Correct}");
    }

    private static ConfigCheck OfOnline(ZeekLintSubject subject, ZeekNode node, int line)
    {
        CpuList gone = CpuList.Of(node.PinCpus).Except(subject.Machine.Topology.OnlineCpus);
        return subject.Machine.Topology.OnlineCpus.IsEmpty ? Online.Result(Unknown, node, line, "the machine does not tell its CPUs")
            : gone.IsEmpty ? Online.Result(Pass, node, line, $"CPUs {CpuList.Of(node.PinCpus)} are online")
            : Online.Result(Fail, node, line, $"CPUs {gone} are not there", $"Name CPUs of {subject.Machine.Topology.OnlineCpus}. {Correct}");
    }

    private static ConfigCheck OfShared(ZeekLintSubject subject, ZeekNode node, int line)
    {
        int[] own = subject.CpusOf(node);
        int[] all = [.. subject.Workers.Where(other => other.Host == node.Host).SelectMany(subject.CpusOf)];
        int[] twice = [.. own.Where(cpu => all.Count(other => other == cpu) > 1).Distinct()];
        CpuList mine = CpuList.Of(own);
        CpuList others = CpuList.Of(all);
        CpuList beside = !subject.IsHere(node) ? CpuList.Empty : subject.Machine.Topology.Cores.Where(core => core.Cpus.Overlaps(mine) && core.Cpus.Intersect(others).Count > 1)
            .Aggregate(CpuList.Empty, (found, core) => found.Union(core.Cpus.Intersect(others)));
        return twice.Length > 0 ? Shared.Result(Fail, node, line, $"two workers on CPU {CpuList.Of(twice)}", $"Name another CPU for one of them. {Correct}")
            : !beside.IsEmpty ? Shared.Result(Warn, node, line, $"workers on threads of one core: CPUs {beside}", $"Name one thread of each core. {Correct}")
            : Shared.Result(Pass, node, line, $"{own.Length} workers on as many cores");
    }

    private static ConfigCheck OfNode(ZeekLintSubject subject, ZeekNode node, int line)
    {
        CpuList? near = node.InterfaceName is string name ? subject.Machine.NodeCpus(name) : null;
        if (near is null)
        {
            return NearCard.Result(NotApplicable, node, line, node.InterfaceName is null ? "packets come from no card" : "the machine has one node, or does not say where the card is");
        }

        CpuList far = CpuList.Of(subject.CpusOf(node)).Except(near);
        return far.IsEmpty
            ? NearCard.Result(Pass, node, line, $"CPUs {CpuList.Of(subject.CpusOf(node))} are on the card's node")
            : NearCard.Result(Warn, node, line, $"CPUs {far} are on another node", $"Name CPUs of {near}. {Correct}");
    }

    private static ConfigCheck OfIrq(ZeekLintSubject subject, ZeekNode node, int line)
    {
        string[] sources = [.. subject.Workers.Where(subject.IsHere).Select(worker => worker.InterfaceName).OfType<string>().Distinct()];
        CpuList irqs = sources.Where(subject.Machine.Has).Aggregate(CpuList.Empty, (all, source) => all.Union(subject.Machine.IrqCpus(source)));
        if (irqs.IsEmpty)
        {
            return Irq.Result(Unknown, node, line, "which CPUs take the interrupts is not known");
        }

        CpuList mine = CpuList.Of(subject.CpusOf(node));
        CpuList same = mine.Intersect(irqs);
        CpuList beside = mine.Intersect(subject.Machine.WithSiblings(irqs)).Except(irqs);
        return !same.IsEmpty ? Irq.Result(Fail, node, line, $"CPUs {same} take interrupts, too", $"Name other CPUs, or move the interrupts with Set-IrqAffinity. {Correct}")
            : !beside.IsEmpty ? Irq.Result(Warn, node, line, $"CPUs {beside} share a core with an interrupt", $"Name CPUs of other cores. {Correct}")
            : Irq.Result(Pass, node, line, $"interrupts are on CPUs {irqs}");
    }

    private static ConfigCheck OfSystem(ZeekLintSubject subject, ZeekNode node, int line)
    {
        ZeekNode[] system = [.. subject.Config.Nodes.Where(other => other.Type is ZeekNodeType.Manager or ZeekNodeType.Logger or ZeekNodeType.Proxy && other.Host == node.Host)];
        int[] mine = subject.CpusOf(node);
        string[] shared = [.. system.Where(other => subject.CpusOf(other).Intersect(mine).Any()).Select(other => $"{other.Name} on {CpuList.Of(subject.CpusOf(other).Intersect(mine))}")];
        return shared.Length > 0 ? System.Result(Fail, node, line, $"shares CPUs with {string.Join(", ", shared)}", $"Name other CPUs. {Correct}")
            : Array.Exists(system, other => other.PinCpus.Length == 0) ? System.Result(Warn, node, line, $"'{Array.Find(system, other => other.PinCpus.Length == 0)!.Name}' is pinned nowhere, and may run on a worker's CPU", $"Pin it. {Correct}")
            : System.Result(Pass, node, line, system.Length == 0 ? "none of them is on this host" : "apart");
    }
}
