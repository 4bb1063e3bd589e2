using ZeptAdmin.Cpus;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>E3: turbo may be used.</summary>
internal sealed class TurboCheck() : Check(
    "E3.Turbo",
    CheckCategory.Cpu,
    "One queue is one CPU: what a flow or a queue can carry hangs on the speed of one core. S1 measured 3.6 GHz with few cores busy against 3.1 with all; both talk and S1 want turbo kept.",
    "field.md E3, E5, B2; Documentation/admin-guide/pm/intel_pstate.rst")
{
    private const string Expected = "on";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        (string Target, bool IsOn)? turbo = CpuFrequencyPolicies.FindTurbo(subject.Sensor.Files);
        yield return turbo switch
        {
            (string target, true) => Result(Pass, Machine, Expected, $"on ({target})"),
            (string target, false) => Result(Warn, Machine, Expected, $"off ({target})", "Set-CpuFrequencyPolicy -Turbo $true"),
            null => Result(NotApplicable, Machine, Expected, subject.IsVirtualMachine ? "the host chooses" : "the driver has no switch; the firmware's setup has"),
        };
    }
}
