using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Audit;

/// <summary>One check of Test-NsmSensor: what it looks at, what is right, why, and how to get there.</summary>
/// <remarks>One class a check, in the folder of its category. <see cref="Checks"/> lists them all.</remarks>
public abstract class Check
{
    /// <summary>Target of a result that is about the whole machine.</summary>
    protected const string Machine = "machine";

    /// <summary>Makes a check.</summary>
    private protected Check(string id, CheckCategory category, string why, string reference)
    {
        Id = id;
        Category = category;
        Why = why;
        Reference = reference;
    }

    /// <summary>Stable id: row of field.md and name, <c>H4.SymmetricHash</c>. Part of the module's contract.</summary>
    public string Id { get; }

    /// <summary>What it is about.</summary>
    public CheckCategory Category { get; }

    /// <summary>Why it matters, in a sentence or two.</summary>
    public string Why { get; }

    /// <summary>Where the knowledge comes from.</summary>
    public string Reference { get; }

    /// <summary>Looks at the machine; one result a target. Never throws for what a machine lacks.</summary>
    /// <exception cref="KernelFormatException">Something that the machine said cannot be understood.</exception>
    public abstract IEnumerable<CheckResult> Run(AuditSubject subject);

    /// <summary>A result of this check for a part of the machine.</summary>
    /// <param name="severity">The verdict.</param>
    /// <param name="target">What was looked at.</param>
    /// <param name="expected">How it should be.</param>
    /// <param name="actual">How it is, in few words: it is the last column of the table.</param>
    /// <param name="remedy">Command line or what to do by hand; kept for Warn and Fail only.</param>
    protected internal CheckResult Result(CheckSeverity severity, string target, string expected, string actual, string remedy = "") => new()
    {
        Id = Id,
        Category = Category,
        Severity = severity,
        Target = target,
        Expected = expected,
        Actual = actual,
        Why = Why,
        Remedy = severity.IsFinding() ? remedy : "",
        Reference = Reference,
    };

    /// <summary>The result for something that the machine refused to tell: unsupported is not applicable, the rest is unknown.</summary>
    protected CheckResult Result(Refusal refusal, string target, string expected) =>
        Result(refusal.Errno.MeansUnsupported() ? CheckSeverity.NotApplicable : CheckSeverity.Unknown, target, expected, Short(refusal));

    /// <summary>The name of an interface as an argument of a command line; one that a shell would read otherwise is quoted.</summary>
    protected static string Quote(string interfaceName) =>
        CommandWord.Quote(interfaceName);

    // The target stands beside it in the table.
    private static string Short(Refusal refusal)
    {
        string capability = refusal.Errno.MeansForbidden() && refusal.Capability is not null ? $"; it needs {refusal.Capability}" : "";
        return refusal.Detail is string detail && refusal.Errno.MeansUnsupported()
            ? detail
            : $"cannot {refusal.Operation}: {refusal.Errno.InWords()}{capability}";
    }
}
