using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>B4: threads of one core. Information: the talk uses them for workers, S1 keeps those of the interrupts' cores empty.</summary>
internal sealed class SmtCheck() : Check(
    "B4.Smt",
    CheckCategory.Cpu,
    "Two threads share a core: the talk runs workers on both, S1 leaves the second thread of each core that takes interrupts empty. Both are right; F3.IrqSiblings sees to the interrupts themselves.",
    "field.md B4; Documentation/ABI/testing/sysfs-devices-system-cpu")
{
    private const string Expected = "known (both are used)";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        NsmTopology topology = subject.Topology;
        string control = topology.SmtControl is string state ? $" (control: {state})" : "";
        yield return topology.IsSmtActive switch
        {
            true => Result(Pass, Machine, Expected, $"on: {Words.Count(topology.OnlineCpus.Count, "CPU")} on {Words.Count(topology.Cores.Length, "core")}{control}"),
            false => Result(Pass, Machine, Expected, $"off: one thread a core{control}"),
            null => Result(Unknown, Machine, Expected, "the kernel does not tell threads"),
        };
    }
}
