using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A check of where the interrupts of an interface's receive queues go.</summary>
internal abstract class IrqCheck(string id, string expected, string why, string reference)
    : InterfaceCheck(id, CheckCategory.Interrupt, expected, why, reference)
{
    /// <inheritdoc/>
    protected sealed override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<IrqAffinity[]> answer = subject.RxIrqs(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        if (answer.Value.Length == 0)
        {
            return Result(Unknown, interfaceName, Expected, "which interrupts serve its queues is not known");
        }

        return answer.Value.All(irq => Cpus(irq) is { IsEmpty: false })
            ? Run(subject, interfaceName, answer.Value)
            : Result(Unknown, interfaceName, Expected, answer.Value.SelectMany(irq => irq.Notes).FirstOrDefault() ?? "the affinity of its interrupts cannot be read");
    }

    /// <summary>Weighs the interrupts of the receive queues; each has CPUs.</summary>
    protected abstract CheckResult Run(AuditSubject subject, string interfaceName, IrqAffinity[] irqs);

    /// <summary>CPUs that an interrupt goes to; on kernels that do not say, those that it may go to. null when not known.</summary>
    protected static CpuList? Cpus(IrqAffinity irq) => irq.EffectiveCpus is { IsEmpty: false } effective ? effective : irq.RequestedCpus;

    /// <summary>All CPUs of some interrupts.</summary>
    protected static CpuList All(IEnumerable<IrqAffinity> irqs) => irqs.Aggregate(CpuList.Empty, (all, irq) => all.Union(Cpus(irq) ?? CpuList.Empty));
}
