using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Irqs;

/// <summary>What is wanted of the interrupts of an interface.</summary>
public sealed record IrqWish
{
    /// <summary>How CPUs are chosen; null when they are named.</summary>
    public IrqStrategy? Strategy { get; init; }

    /// <summary>CPUs, in the order in which queues take them; null when the strategy finds them.</summary>
    public int[]? Cpus { get; init; }

    /// <summary>The node that <see cref="IrqStrategy.Remote"/> means; null for all but the card's.</summary>
    public int? Node { get; init; }

    /// <summary>Queues in question; null for all.</summary>
    public int[]? Queues { get; init; }

    /// <summary>True to let the CPU of a queue's interrupt choose its transmit queue.</summary>
    public bool WithXps { get; init; }

    /// <summary>CPUs to which packets of the receive queues are handed on; empty for none, null to leave that as it is.</summary>
    public CpuList? RpsCpus { get; init; }
}

/// <summary>The interrupts of an interface, and what has to be changed to have them where they are wanted.</summary>
public sealed class IrqPlan
{
    private static readonly IrqAffinitySetting Affinity = new();
    private static readonly QueueXpsSetting Xps = new();
    private static readonly QueueRpsSetting Rps = new();

    private readonly IrqAssignment[] _assignments;

    private IrqPlan(string interfaceName, IrqAssignment[] assignments)
    {
        InterfaceName = interfaceName;
        _assignments = assignments;
    }

    /// <summary>The interface.</summary>
    public string InterfaceName { get; }

    /// <summary>The changes; those of what is so already are idle.</summary>
    public Answer<PlannedChange>[] Changes { get; private init; } = [];

    /// <summary>What the user should know before the change, as a sentence; null when nothing.</summary>
    public string? Warning { get; private init; }

    /// <summary>What the user may know, as a sentence; null when nothing.</summary>
    public string? Note { get; private init; }

    /// <summary>Interrupts in question, ascending.</summary>
    public int[] Irqs => [.. _assignments.Select(item => item.Interrupt.Irq).Distinct().Order()];

    /// <summary>CPUs that they go to.</summary>
    public CpuList Cpus => CpuList.Of(_assignments.Select(item => item.Cpu));

    /// <summary>Plans where the interrupts of an interface go. Nothing is written.</summary>
    /// <returns>
    /// ENODEV, or EOPNOTSUPP for an interface without interrupts; EINVAL for CPUs that are offline and queues that are not there; EOPNOTSUPP when
    /// the card's node is not known, or the kernel is known to place the interrupts by itself.
    /// </returns>
    public static Answer<IrqPlan> Make(Sensor sensor, string interfaceName, IrqWish wish)
    {
        Answer<IrqAffinity[]> records = new IrqAffinities(sensor).Get(interfaceName);
        NsmTopology topology = NsmTopologies.Get(sensor);
        Answer<int[]> chosen = wish.Cpus is not null ? wish.Cpus : IrqAssignments.CpusOf(topology, interfaceName, wish.Strategy ?? IrqStrategy.Local, wish.Node);
        if ((records.Refusal ?? chosen.Refusal ?? IrqAssignments.Check(topology, interfaceName, chosen.Value)) is Refusal refusal)
        {
            return refusal;
        }

        Answer<IrqAssignment[]> assigned = IrqAssignments.Assign(interfaceName, records.Value, chosen.Value, wish.Queues);
        if ((assigned.Refusal ?? Unmovable(interfaceName, assigned.Value)) is Refusal stuck)
        {
            return stuck;
        }

        (string? warning, string? note) = IrqAssignments.Compare(interfaceName, assigned.Value, chosen.Value);
        return new IrqPlan(interfaceName, assigned.Value)
        {
            Changes = [Move(interfaceName, records.Value, assigned.Value), .. Steering(sensor, interfaceName, assigned.Value, wish)],
            Warning = wish.Strategy == IrqStrategy.One ? null : warning,
            Note = note,
        };
    }

    /// <summary>Interrupts that do not go where they may, as sentences.</summary>
    /// <returns>
    /// IsPending tells that no interrupt came since the plan was made: without interrupt remapping the kernel moves one only when it comes
    /// (IRQD_SETAFFINITY_PENDING of linux/irq.h), so that an idle queue shows its old CPU.
    /// </returns>
    public IEnumerable<(string Sentence, bool IsPending)> NotThereYet(Sensor sensor)
    {
        if (!new IrqAffinities(sensor).Get(InterfaceName).Try(out IrqAffinity[]? records))
        {
            yield break;
        }

        foreach (IrqAffinity record in records.DistinctBy(record => record.Irq).Where(record => Irqs.Contains(record.Irq)))
        {
            if (record is { RequestedCpus: CpuList requested, EffectiveCpus: { IsEmpty: false } effective } && !effective.IsSubsetOf(requested))
            {
                long? before = Array.Find(_assignments, item => item.Interrupt.Irq == record.Irq).Interrupt.Interrupts;
                yield return (
                    $"Interrupt {record.Irq} of '{InterfaceName}' may go to CPUs {requested} and goes to {effective} still; the kernel moves it when it comes.",
                    record.Interrupts == before);
            }
        }
    }

    private static Refusal? Unmovable(string interfaceName, IrqAssignment[] assignments)
    {
        if (Array.Find(assignments, item => item.Interrupt.RequestedCpus is null).Interrupt is IrqAffinity unread)
        {
            return new Refusal(Errno.ENODATA, $"read the affinity of interrupt {unread.Irq}", interfaceName);
        }

        int[] managed = [.. assignments.Where(item => item.Interrupt.IsManaged == true).Select(item => item.Interrupt.Irq).Distinct().Order()];
        return managed.Length == 0
            ? null
            : new Refusal(Errno.EOPNOTSUPP, $"move the interrupts {string.Join(", ", managed)}", interfaceName)
            {
                Detail = "The kernel places them by itself and lets nobody move them (managed interrupts): move what runs on their CPUs instead.",
            };
    }

    private static PlannedChange Move(string interfaceName, IrqAffinity[] records, IrqAssignment[] assignments)
    {
        JToken before = IrqAffinitySetting.ValueOf(records);
        JToken after = before.DeepClone();
        foreach ((IrqAffinity interrupt, string key) in IrqAffinitySetting.Keyed(records))
        {
            foreach (IrqAssignment assignment in assignments.Where(item => item.Interrupt.Irq == interrupt.Irq).Take(1))
            {
                after[key] = CpuList.Of([assignment.Cpu]).ToString();
            }
        }

        return new PlannedChange(Affinity, interfaceName, before, after);
    }

    private static IEnumerable<Answer<PlannedChange>> Steering(Sensor sensor, string interfaceName, IrqAssignment[] assignments, IrqWish wish)
    {
        foreach (IrqAssignment assignment in assignments)
        {
            if (assignment.Interrupt is { Queue: int sending, Direction: IrqDirection.Tx or IrqDirection.Combined } && wish.WithXps)
            {
                yield return Xps.Plan(sensor, interfaceName, sending, CpuList.Of([assignment.Cpu]));
            }
        }

        foreach (IrqAssignment assignment in assignments)
        {
            if (assignment.Interrupt is { Queue: int receiving, Direction: IrqDirection.Rx or IrqDirection.Combined } && wish.RpsCpus is not null)
            {
                yield return Rps.Plan(sensor, interfaceName, receiving, wish.RpsCpus);
            }
        }
    }
}
