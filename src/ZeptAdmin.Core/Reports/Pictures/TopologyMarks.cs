using System.Globalization;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Reports;

/// <summary>What the picture of a machine marks on its CPUs: interrupts of ports, and workers.</summary>
internal sealed class TopologyMarks
{
    private readonly Dictionary<int, List<string>> _irqs = [];
    private readonly Dictionary<int, List<string>> _workers = [];
    private readonly Dictionary<int, CpuRole> _roles = [];

    private TopologyMarks(NsmTopology topology, Func<NicLocality, string, TopologyPort> mark) =>
        Ports =
        [
            .. topology.Nics.OrderBy(nic => nic.PciAddress, StringComparer.Ordinal).ThenBy(nic => nic.InterfaceName, StringComparer.Ordinal)
                .Select((nic, index) => mark(nic, Letters(index))),
        ];

    /// <summary>Ports of the machine, each with the letters that stand for it on CPUs.</summary>
    public TopologyPort[] Ports { get; }

    /// <summary>True when no CPU has a mark.</summary>
    public bool IsEmpty => _irqs.Count == 0 && _workers.Count == 0 && _roles.Count == 0;

    /// <summary>Marks of a machine as it is.</summary>
    /// <param name="topology">The machine.</param>
    /// <param name="nics">What is known of its cards; may be empty.</param>
    /// <param name="irqs">Where its interrupts go; empty when that was not asked.</param>
    /// <param name="workers">CPUs of workers.</param>
    public static TopologyMarks Of(NsmTopology topology, IReadOnlyList<Nic> nics, IReadOnlyList<IrqAffinity> irqs, CpuList workers)
    {
        Dictionary<int, List<string>> tags = [];
        TopologyMarks marks = new(topology, (nic, letters) => MarkIrqs(tags, nic, letters, nics, irqs));
        foreach ((int cpu, List<string> names) in tags)
        {
            marks._irqs[cpu] = names;
        }

        foreach (int cpu in workers.ToArray())
        {
            marks._workers[cpu] = ["W"];
        }

        return marks;
    }

    /// <summary>Marks of a machine as a plan has it.</summary>
    /// <param name="topology">The machine.</param>
    /// <param name="nics">What is known of its cards; may be empty.</param>
    /// <param name="plan">The plan.</param>
    public static TopologyMarks OfPlan(NsmTopology topology, IReadOnlyList<Nic> nics, NsmPlan plan)
    {
        TopologyMarks marks = new(topology, (nic, letters) =>
            new TopologyPort(nic, letters, Known(nics, nic), Array.Find(plan.Ports, port => port.InterfaceName == nic.InterfaceName)?.IrqCpus.Length ?? 0, 0));
        foreach ((int cpu, CpuRole role) in plan.Cpus.SelectMany(cpus => cpus.Cpus.ToArray().Select(cpu => (cpu, cpus.Role))))
        {
            marks._roles[cpu] = role;
        }

        foreach (PlanPort port in plan.Ports)
        {
            string letters = Array.Find(marks.Ports, known => known.Place.InterfaceName == port.InterfaceName)?.Letters ?? port.InterfaceName;
            for (int queue = 0; queue < port.IrqCpus.Length; queue++)
            {
                Add(marks._irqs, port.IrqCpus[queue], string.Create(CultureInfo.InvariantCulture, $"{letters}{queue}"));
            }

            for (int worker = 0; worker < port.WorkerCpus.Length; worker++)
            {
                Add(marks._workers, port.WorkerCpus[worker], string.Create(CultureInfo.InvariantCulture, $"W{letters}{worker}"));
            }
        }

        return marks;
    }

    /// <summary>Role of a CPU in the palette.</summary>
    public string Role(CpuThread thread) => (_irqs.ContainsKey(thread.Cpu), _workers.ContainsKey(thread.Cpu)) switch
    {
        (true, true) => "both",
        (true, false) => "irq",
        (false, true) => "worker",
        _ when !thread.IsAllowed => "bare",
        _ => _roles.GetValueOrDefault(thread.Cpu, CpuRole.Free) switch
        {
            CpuRole.Housekeeping => "house",
            CpuRole.Sibling => "sibling",
            _ => "cpu",
        },
    };

    /// <summary>What stands on a CPU: <c>a0 W</c>; empty for a free one.</summary>
    public string Tag(int cpu)
    {
        string tag = $"{Short(_irqs, cpu)} {Short(_workers, cpu)}".Trim();
        return tag.Length > 0 ? tag : _roles.GetValueOrDefault(cpu, CpuRole.Free) switch
        {
            CpuRole.Housekeeping => "H",
            CpuRole.Sibling => "S",
            _ => "",
        };
    }

    /// <summary>All that stands on a CPU, in words.</summary>
    public string Words(int cpu) =>
        (_irqs.GetValueOrDefault(cpu) is { } irqs ? $", interrupts {string.Join(' ', irqs)}" : "")
        + (_workers.GetValueOrDefault(cpu) is { } workers ? $", worker {string.Join(' ', workers)}" : "")
        + (_roles.TryGetValue(cpu, out CpuRole role) ? $", {role}" : "");

    private static string Short(Dictionary<int, List<string>> tags, int cpu) =>
        !tags.TryGetValue(cpu, out List<string>? names) ? ""
        : names.Count == 1 ? names[0]
        : string.Create(CultureInfo.InvariantCulture, $"{names[0]} +{names.Count - 1}");

    private static void Add(Dictionary<int, List<string>> tags, int cpu, string tag)
    {
        if (!tags.TryGetValue(cpu, out List<string>? names))
        {
            tags.Add(cpu, names = []);
        }

        if (!names.Contains(tag))
        {
            names.Add(tag);
        }
    }

    private static Nic? Known(IReadOnlyList<Nic> nics, NicLocality nic) => nics.FirstOrDefault(known => known.InterfaceName == nic.InterfaceName);

    // An interrupt that may go to several CPUs, with the kernel not saying to which it does, has no place.
    private static int? Place(IrqAffinity irq) =>
        irq.EffectiveCpus is { Count: 1 } effective ? effective.First : irq.RequestedCpus is { Count: 1 } requested ? requested.First : null;

    // a, b … z, aa, ab …
    private static string Letters(int index) => index < 26 ? $"{(char)('a' + index)}" : Letters((index / 26) - 1) + (char)('a' + (index % 26));

    private static TopologyPort MarkIrqs(Dictionary<int, List<string>> tags, NicLocality nic, string letters, IReadOnlyList<Nic> nics, IReadOnlyList<IrqAffinity> irqs)
    {
        IrqAffinity[] queues =
        [
            .. irqs.Where(irq => irq.InterfaceName == nic.InterfaceName && irq is { Queue: not null, Direction: IrqDirection.Combined or IrqDirection.Rx })
                .OrderBy(irq => irq.Queue),
        ];
        int unplaced = 0;
        foreach (IrqAffinity queue in queues)
        {
            if (Place(queue) is not int cpu)
            {
                unplaced++;
                continue;
            }

            Add(tags, cpu, string.Create(CultureInfo.InvariantCulture, $"{letters}{queue.Queue}"));
        }

        return new TopologyPort(nic, letters, Known(nics, nic), queues.Length, unplaced);
    }
}

/// <summary>A port in the picture.</summary>
/// <param name="Place">Where it sits.</param>
/// <param name="Letters">What stands for it on CPUs.</param>
/// <param name="Nic">What is known of it; null when that was not asked.</param>
/// <param name="Queues">Receive queues with an interrupt.</param>
/// <param name="Unplaced">Of these, those that have no single CPU.</param>
internal sealed record TopologyPort(NicLocality Place, string Letters, Nic? Nic, int Queues, int Unplaced)
{
    /// <summary>The port in a line.</summary>
    public string Line()
    {
        string speed = Nic?.SpeedMbps is long megabits ? $", {Audit.Words.Number(megabits / 1000.0, "0.#")} Gbit/s" : "";
        string driver = Nic?.Driver is string name ? $", {name}" : "";
        string queues = Queues == 0 ? "" : $", {Audit.Words.Count(Queues, "queue")}{(Unplaced == 0 ? "" : Unplaced == Queues ? " on no certain CPU" : string.Create(CultureInfo.InvariantCulture, $", {Unplaced} on no certain CPU"))}";
        return $"{Letters}: {Place.InterfaceName}{driver}{speed}{queues}";
    }
}
