using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>E2: CPUs run as fast as they can.</summary>
internal sealed class GovernorCheck() : Check(
    "E2.Governor",
    CheckCategory.Cpu,
    "A governor that waits for load answers a burst late, when the ring is full already. The talk turns P-states off for that; S1 leaves them on, which turbo needs, and sets performance. This module follows S1.",
    "field.md E2, B3, R1; Documentation/admin-guide/pm/cpufreq.rst")
{
    private const string Expected = "governor performance on all CPUs";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        Answer<CpuFrequencyPolicy[]> answer = CpuFrequencyPolicies.Get(subject.Sensor);
        if (answer.Refusal is not null)
        {
            yield return Result(NotApplicable, Machine, Expected, subject.IsVirtualMachine ? "no frequency policies: the host chooses" : "the kernel has no frequency policies");
            yield break;
        }

        CpuFrequencyPolicy[] slow = [.. answer.Value.Where(policy => policy.Governor is not null and not CpuFrequencyPolicies.Performance)];
        string drivers = string.Join(", ", answer.Value.Select(policy => policy.Driver).Distinct());
        if (answer.Value.All(policy => policy.Governor is null))
        {
            yield return Result(Unknown, Machine, Expected, "the governors cannot be read");
        }
        else if (slow.Length > 0)
        {
            CpuList cpus = CpuList.Of(slow.SelectMany(policy => policy.Cpu.ToArray()));
            yield return Result(
                Warn, Machine, Expected, $"{string.Join(", ", slow.Select(policy => policy.Governor).Distinct())} on CPUs {cpus} ({drivers})", "Set-CpuFrequencyPolicy -Governor performance");
        }
        else
        {
            yield return Result(Pass, Machine, Expected, $"performance ({drivers})");
        }
    }
}
