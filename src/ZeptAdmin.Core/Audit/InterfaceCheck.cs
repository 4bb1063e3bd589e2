using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Audit;

/// <summary>A check that looks at each capture interface by itself.</summary>
public abstract class InterfaceCheck : Check
{
    /// <summary>Makes a check.</summary>
    private protected InterfaceCheck(string id, CheckCategory category, string expected, string why, string reference)
        : base(id, category, why, reference) => Expected = expected;

    /// <summary>How it should be; a check may say it more exactly for an interface.</summary>
    protected string Expected { get; }

    /// <inheritdoc/>
    public sealed override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        foreach (string name in subject.InterfaceNames)
        {
            yield return RunOne(subject, name) with { InterfaceName = name };
        }
    }

    /// <summary>Looks at one interface.</summary>
    protected abstract CheckResult Run(AuditSubject subject, string interfaceName);

    // A driver that answers nonsense must not cost the verdicts on the other ports.
    private CheckResult RunOne(AuditSubject subject, string name)
    {
        try
        {
            return Run(subject, name);
        }
        catch (KernelException e)
        {
            return Result(CheckSeverity.Unknown, name, Expected, e.Message);
        }
        catch (KernelFormatException e)
        {
            return Result(CheckSeverity.Unknown, name, Expected, e.Message);
        }
    }
}
