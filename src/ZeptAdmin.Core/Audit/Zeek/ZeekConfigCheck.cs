using ZeptAdmin.Linux;
using ZeptAdmin.Zeek;
using static ZeptAdmin.Audit.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>J1 to J14: a rule of Test-ZeekNodeConfig on the machine's own file, all that it found in one line.</summary>
internal sealed class ZeekConfigCheck(ZeekRule rule) : Check(rule.Id, CheckCategory.Zeek, rule.Why, rule.Reference)
{
    private static readonly CheckSeverity[] Worst = [Fail, Warn, Unknown, Pass, NotApplicable];

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ZeekConfigCheck> All { get; } = [.. ZeekLint.Rules.Select(rule => new ZeekConfigCheck(rule))];

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        ZeekFileReading reading = subject.Read(ZeekFiles.Test);
        if (reading.Path is not string path)
        {
            yield return Result(NotApplicable, Machine, rule.Expected, "no node.cfg or zeek.conf at the usual places");
            yield break;
        }

        string target = path[(path.LastIndexOf('/') + 1)..];
        if (reading.Problem is string problem)
        {
            // Said once, by the first of them.
            yield return this == All[0]
                ? Result(Unknown, target, rule.Expected, problem)
                : Result(NotApplicable, target, rule.Expected, $"the file is not read; {All[0].Id} says why");
            yield break;
        }

        ZeekCheck[] own = [.. reading.Checks.Where(check => check.Id == Id)];
        if (own.Length == 0)
        {
            yield return Result(NotApplicable, target, rule.Expected, "the file has nothing of it");
            yield break;
        }

        CheckSeverity severity = Array.Find(Worst, severity => own.Any(check => Severity(check) == severity));
        ZeekCheck[] worst = [.. own.Where(check => Severity(check) == severity)];
        yield return Result(severity, target, rule.Expected, Told(worst, severity), Remedy(path, worst[0]));
    }

    private static CheckSeverity Severity(ZeekCheck check) => check.Severity switch
    {
        ZeekVerdict.Pass => Pass,
        ZeekVerdict.Warn => Warn,
        ZeekVerdict.Fail => Fail,
        ZeekVerdict.NotApplicable => NotApplicable,
        _ => Unknown,
    };

    private static string Told(ZeekCheck[] worst, CheckSeverity severity)
    {
        ZeekCheck first = worst[0];
        string place = severity is Fail or Warn && first.Line is int line ? $"line {line}: " : "";
        string more = worst.Length == 1 ? "" : severity is Fail or Warn ? $", and {worst.Length - 1} more" : $", {first.Node} and {Words.Count(worst.Length - 1, "other")}";
        return $"{place}{first.Actual}{more}";
    }

    // What a script has to load is one line to add; all else the command tells in full.
    private static string Remedy(string path, ZeekCheck first) => first.Line is null && first.Remedy.Contains("@load", StringComparison.Ordinal)
        ? first.Remedy
        : $"Test-ZeekNodeConfig {CommandWord.Quote(path)} # {first.Remedy}";
}
