using static ZeptAdmin.Audit.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A rule of the command that tests a program's configuration, on the machine's own file: all that the rule found in one line.</summary>
/// <typeparam name="TFinding">What the command finds.</typeparam>
/// <param name="id">Stable id, that of the rule.</param>
/// <param name="category">The program's category.</param>
/// <param name="expected">How it should be.</param>
/// <param name="why">Why it matters.</param>
/// <param name="reference">Where the knowledge comes from.</param>
internal abstract class ConfigRuleCheck<TFinding>(string id, CheckCategory category, string expected, string why, string reference) : Check(id, category, why, reference)
{
    private static readonly CheckSeverity[] Worst = [Fail, Warn, Unknown, Pass, NotApplicable];

    /// <summary>The first of the program's rules, which alone says that a file cannot be read.</summary>
    protected abstract Check First { get; }

    /// <summary>The verdict on a finding.</summary>
    protected abstract CheckSeverity SeverityOf(TFinding finding);

    /// <summary>The findings that are worst, as one line.</summary>
    protected abstract string Told(TFinding[] worst, bool isFault, string path);

    /// <summary>What to do about the first of them.</summary>
    protected abstract string Remedy(string path, TFinding first);

    /// <summary>No file is there.</summary>
    protected CheckResult Absent(string actual) => Result(NotApplicable, Machine, expected, actual);

    /// <summary>What is said of one file.</summary>
    /// <param name="target">Its name.</param>
    /// <param name="path">Its path.</param>
    /// <param name="problem">Why it could not be read; null when it was.</param>
    /// <param name="own">What this rule found.</param>
    /// <param name="otherwise">What there is to say when it found nothing; null when the file has nothing of it.</param>
    protected CheckResult Of(string target, string path, string? problem, TFinding[] own, string? otherwise = null)
    {
        if (problem is not null)
        {
            return this == First
                ? Result(Unknown, target, expected, problem)
                : Result(NotApplicable, target, expected, $"the file is not read; {First.Id} says why");
        }

        if (own.Length == 0)
        {
            return otherwise is not null ? Result(Pass, target, expected, otherwise) : Result(NotApplicable, target, expected, "the file has nothing of it");
        }

        CheckSeverity severity = Array.Find(Worst, severity => own.Any(finding => SeverityOf(finding) == severity));
        TFinding[] worst = [.. own.Where(finding => SeverityOf(finding) == severity)];
        return Result(severity, target, expected, Told(worst, severity is Fail or Warn, path), Remedy(path, worst[0]));
    }
}
