using System.Globalization;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F1, F2: each receive queue's interrupt goes to one CPU, and no two to the same.</summary>
internal sealed class IrqSpreadCheck() : IrqCheck(
    "F1.IrqSpread",
    "each receive queue on one CPU, no two on the same",
    "A queue is worked on by the CPU that its interrupt goes to. Two queues on one CPU halve its time for each while others idle; a queue that wanders leaves its cache behind.",
    "field.md F1, F2; Documentation/core-api/irq/irq-affinity.rst")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName, IrqAffinity[] irqs)
    {
        string remedy = $"Set-IrqAffinity {Quote(interfaceName)} -Strategy Local";
        IrqAffinity? wandering = Array.Find(irqs, irq => Cpus(irq)!.Count > 1);
        if (wandering is not null)
        {
            return irqs.Any(irq => irq.IsManaged == true)
                ? Result(Pass, interfaceName, Expected, "the kernel places them by itself (managed)")
                : Result(Warn, interfaceName, Expected, string.Create(CultureInfo.InvariantCulture, $"queue {wandering.Queue} may go to any of CPUs {Cpus(wandering)}"), remedy);
        }

        IGrouping<int, IrqAffinity>? crowded = irqs.GroupBy(irq => Cpus(irq)!.First).FirstOrDefault(cpu => cpu.Select(irq => irq.Irq).Distinct().Count() > 1);
        if (crowded is not null)
        {
            string queues = CpuList.Of(crowded.Select(irq => irq.Queue!.Value)).ToString();
            bool isAllUsed = subject.Topology.OnlineCpus.Count is int online and > 0 && All(irqs).Count == online;
            return Result(
                Warn, interfaceName, Expected, string.Create(CultureInfo.InvariantCulture, $"queues {queues} share CPU {crowded.Key}"),
                isAllUsed ? $"Set-NicChannel {Quote(interfaceName)} -Combined {All(irqs).Count}" : remedy);
        }

        return Result(Pass, interfaceName, Expected, $"{Words.Count(irqs.Length, "queue")} on CPU{(irqs.Length == 1 ? "" : "s")} {All(irqs)}");
    }
}
