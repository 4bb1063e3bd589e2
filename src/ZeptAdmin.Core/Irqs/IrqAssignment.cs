using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Irqs;

/// <summary>Which CPUs the interrupts of an interface go to.</summary>
public enum IrqStrategy
{
    /// <summary>Those of the card's own node.</summary>
    Local = 0,

    /// <summary>Those of the other nodes, or of one of them.</summary>
    Remote = 1,

    /// <summary>All online ones.</summary>
    All = 2,

    /// <summary>One for all queues.</summary>
    One = 3,
}

/// <summary>An interrupt and the CPU that it shall go to.</summary>
/// <param name="Interrupt">The interrupt, with the queue that it serves.</param>
/// <param name="Cpu">Its CPU.</param>
internal readonly record struct IrqAssignment(IrqAffinity Interrupt, int Cpu);

/// <summary>Decides which queue goes to which CPU; reads and writes nothing.</summary>
/// <remarks>
/// What Intel's set_irq_affinity does for paired queues, without its faults (field.md F2): queue after queue takes the next CPU, from the first
/// again when there are no more. Vectors of no queue (link, mailbox) stay where they are; separate vectors of receive and transmit queue of one number go together.
/// </remarks>
internal static class IrqAssignments
{
    private const string Operation = "place the interrupts";

    /// <summary>CPUs that a strategy means for an interface, in the order in which queues take them.</summary>
    /// <param name="topology">The machine.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="strategy">What is wanted.</param>
    /// <param name="node">The node that <see cref="IrqStrategy.Remote"/> means; null for all but the card's.</param>
    /// <returns>EOPNOTSUPP when the node of the card is not known, or there is no other: it is not guessed.</returns>
    public static Answer<int[]> CpusOf(NsmTopology topology, string interfaceName, IrqStrategy strategy, int? node)
    {
        if (strategy == IrqStrategy.All)
        {
            return topology.OnlineCpus.ToArray();
        }

        if (strategy == IrqStrategy.Remote && node is int named)
        {
            return Array.Find(topology.Nodes, item => item.Node == named) is { Cpus.IsEmpty: false } found
                ? found.Cpus.ToArray()
                : new Refusal(Errno.EINVAL, Operation, interfaceName)
                {
                    Detail = $"Node {named} has no CPUs. Nodes with CPUs: {CpuList.Of(topology.Nodes.Where(item => !item.Cpus.IsEmpty).Select(item => item.Node))}.",
                };
        }

        // On a machine of one node there is nothing to guess, whatever the card says.
        int? own = topology.Nodes.Length == 1 ? topology.Nodes[0].Node : Array.Find(topology.Nics, nic => nic.InterfaceName == interfaceName)?.Node;
        if (own is null)
        {
            return new Refusal(Errno.EOPNOTSUPP, Operation, interfaceName)
            {
                Detail = "The firmware does not say to which node the card belongs; name the CPUs with -Cpu.",
            };
        }

        CpuList local = Array.Find(topology.Nodes, item => item.Node == own)?.LocalCpus ?? CpuList.Empty;
        int[] cpus = strategy switch
        {
            IrqStrategy.Remote => [.. topology.Nodes.Where(item => item.Node != own).SelectMany(item => item.Cpus.ToArray()).Order()],
            IrqStrategy.One => [.. local.ToArray().Take(1)],
            _ => local.ToArray(),
        };
        return cpus.Length > 0
            ? cpus
            : new Refusal(Errno.EOPNOTSUPP, Operation, interfaceName)
            {
                Detail = strategy == IrqStrategy.Remote ? "The machine has no other node with CPUs." : $"Node {own} of the card has no online CPU; name the CPUs with -Cpu.",
            };
    }

    /// <summary>Why interrupts cannot go to these CPUs; null when they can.</summary>
    public static Refusal? Check(NsmTopology topology, string interfaceName, int[] cpus)
    {
        if (cpus.Length == 0)
        {
            return new Refusal(Errno.EINVAL, Operation, interfaceName) { Detail = "No CPU was named." };
        }

        CpuList missing = CpuList.Of(cpus).Except(topology.OnlineCpus);
        if (missing.IsEmpty)
        {
            return null;
        }

        bool arePresent = missing.IsSubsetOf(topology.PresentCpus ?? CpuList.Empty);
        return new Refusal(Errno.EINVAL, $"send interrupts to CPUs {missing}", interfaceName)
        {
            Detail = arePresent
                ? $"They are offline: leave them out, or write 1 to /sys/devices/system/cpu/cpu{missing.First}/online. Online CPUs: {topology.OnlineCpus}."
                : $"The machine has no such CPUs. Online CPUs: {topology.OnlineCpus}.",
        };
    }

    /// <summary>The CPU of each interrupt that serves a queue.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="interrupts">Its interrupts.</param>
    /// <param name="cpus">CPUs, in the order in which queues take them.</param>
    /// <param name="queues">Queues in question, in order; null for all, ascending.</param>
    public static Answer<IrqAssignment[]> Assign(string interfaceName, IrqAffinity[] interrupts, int[] cpus, int[]? queues)
    {
        int[] known = QueuesOf(interrupts);
        if (known.Length == 0 && queues is null && interrupts.DistinctBy(interrupt => interrupt.Irq).Count() == 1)
        {
            return new[] { new IrqAssignment(interrupts[0], cpus[0]) };
        }

        int[] wanted = queues is null ? known : [.. queues.Distinct()];
        int[] missing = [.. wanted.Except(known)];
        if (known.Length == 0 || missing.Length > 0)
        {
            return known.Length == 0
                ? new Refusal(Errno.EOPNOTSUPP, Operation, interfaceName) { Detail = "It is not known which interrupt serves which queue." }
                : new Refusal(Errno.EINVAL, $"find the interrupts of the queues {string.Join(", ", missing)}", interfaceName) { Detail = $"Its queues: {CpuList.Of(known)}." };
        }

        Dictionary<int, int> cpuOf = [];
        List<IrqAssignment> assignments = [];
        for (int i = 0; i < wanted.Length; i++)
        {
            foreach (IrqAffinity interrupt in interrupts.Where(interrupt => interrupt.Queue == wanted[i]))
            {
                // A vector of several queues stays with its first.
                _ = cpuOf.TryAdd(interrupt.Irq, cpus[i % cpus.Length]);
                assignments.Add(new IrqAssignment(interrupt, cpuOf[interrupt.Irq]));
            }
        }

        return assignments.ToArray();
    }

    /// <summary>What is uneven about the assignment, as a sentence; null when each queue has a CPU and each CPU a queue.</summary>
    public static (string? Warning, string? Note) Compare(string interfaceName, IrqAssignment[] assignments, int[] cpus)
    {
        int queues = assignments.Select(item => item.Interrupt.Queue).Distinct().Count();
        int different = cpus.Distinct().Count();
        return queues > different
            ? ($"{queues} queues of '{interfaceName}' share {(different == 1 ? "one CPU" : $"{different} CPUs")}.", null)
            : (null, queues < different
                ? $"'{interfaceName}': no queue is left for the CPUs {CpuList.Of(cpus).Except(CpuList.Of(assignments.Select(item => item.Cpu)))}."
                : null);
    }

    private static int[] QueuesOf(IrqAffinity[] interrupts) => [.. interrupts.Select(interrupt => interrupt.Queue).OfType<int>().Distinct().Order()];
}
