using ZeptAdmin.Cpus;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A check of what is on the CPUs of workers: those that are isolated, or to which a capturing thread is pinned.</summary>
/// <param name="id">Stable id.</param>
/// <param name="expected">How it should be.</param>
/// <param name="why">Why it matters.</param>
/// <param name="reference">Where the knowledge comes from.</param>
internal abstract class GuardedCpusCheck(string id, string expected, string why, string reference) : Check(id, CheckCategory.Cpu, why, reference)
{
    /// <summary>How it should be.</summary>
    protected string Expected { get; } = expected;

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        GuardedCpus guarded = subject.Read(sensor => GuardedCpus.Get(sensor));
        yield return guarded.All.IsEmpty
            ? Result(NotApplicable, Machine, Expected, "no CPU is isolated, no capturing thread is pinned")
            : Judge(subject, guarded);
    }

    /// <summary>Looks at CPUs, of which there are some.</summary>
    protected abstract CheckResult Judge(AuditSubject subject, GuardedCpus guarded);
}
