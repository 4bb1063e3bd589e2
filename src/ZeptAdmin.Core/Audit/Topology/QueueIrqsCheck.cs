using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A3: each receive queue has an interrupt, and it is known which.</summary>
internal sealed class QueueIrqsCheck() : InterfaceCheck(
    "A3.QueueIrqs",
    CheckCategory.Topology,
    "an interrupt of its own for each receive queue",
    "Queue, interrupt and CPU are the middle of the chain: without the map from queue to interrupt no placement can be checked.",
    "field.md A3; netdev.yaml napi-get")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<IrqAffinity[]> all = subject.Irqs(interfaceName);
        if (all.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        IrqAffinity[] irqs = subject.RxIrqs(interfaceName).Value;
        if (irqs.Length == 0)
        {
            return Result(Unknown, interfaceName, Expected, $"{Words.Count(all.Value.Length, "interrupt")}; which queues they serve is not known");
        }

        int queues = irqs.Select(irq => irq.Queue).Distinct().Count();
        int vectors = irqs.Select(irq => irq.Irq).Distinct().Count();
        string how = irqs.Any(irq => irq.MappedBy == IrqMapping.MsiOrder) ? "assumed by their order" : irqs.All(irq => irq.MappedBy == IrqMapping.Netlink) ? "by netlink" : "by name";
        string actual = $"{Words.Count(queues, "queue")}, {Words.Count(vectors, "interrupt")} ({how})";
        return vectors < queues
            ? Result(
                Warn, interfaceName, Expected, actual,
                $"Set-NicChannel {Quote(interfaceName)} -Combined {vectors} # see dmesg for interrupts that the card did not get")
            : Result(Pass, interfaceName, Expected, actual);
    }
}
