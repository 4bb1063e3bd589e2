using ZeptAdmin.Linux;
using ZeptAdmin.Suricata;
using static ZeptAdmin.Audit.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>L1 to L12: a rule of Test-SuricataConfig on each file that an engine runs with, else on the machine's own; all that it found in one line.</summary>
internal sealed class SuricataConfigCheck(SuricataRule rule) : Check(rule.Id, CheckCategory.Suricata, rule.Why, rule.Reference)
{
    private static readonly CheckSeverity[] Worst = [Fail, Warn, Unknown, Pass, NotApplicable];

    /// <summary>The rules.</summary>
    public static IReadOnlyList<SuricataConfigCheck> All { get; } = [.. SuricataLint.Rules.Select(rule => new SuricataConfigCheck(rule))];

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        SuricataFileReading[] readings = subject.Read(SuricataFiles.Test);
        if (readings.Length == 0)
        {
            yield return Result(NotApplicable, Machine, rule.Expected, "no engine runs, and no suricata.yaml is at the usual places");
        }

        foreach (SuricataFileReading reading in readings)
        {
            // Two files may have one name: then the path tells them apart.
            string name = reading.Path[(reading.Path.LastIndexOf('/') + 1)..];
            yield return Of(reading, readings.Count(other => other.Path.EndsWith("/" + name, StringComparison.Ordinal)) > 1 ? reading.Path : name);
        }
    }

    private CheckResult Of(SuricataFileReading reading, string target)
    {
        if (reading.Problem is string problem)
        {
            // Said once, by the first of them.
            return this == All[0]
                ? Result(Unknown, target, rule.Expected, problem)
                : Result(NotApplicable, target, rule.Expected, $"the file is not read; {All[0].Id} says why");
        }

        SuricataCheck[] own = [.. reading.Checks.Where(check => check.Id == Id)];
        if (own.Length == 0)
        {
            return rule.Otherwise is string otherwise ? Result(Pass, target, rule.Expected, otherwise) : Result(NotApplicable, target, rule.Expected, "the file has nothing of it");
        }

        CheckSeverity severity = Array.Find(Worst, severity => own.Any(check => Severity(check) == severity));
        SuricataCheck[] worst = [.. own.Where(check => Severity(check) == severity)];
        return Result(severity, target, rule.Expected, Told(worst, severity, reading.Path), $"Test-SuricataConfig {CommandWord.Quote(reading.Path)} # {worst[0].Remedy}");
    }

    private static CheckSeverity Severity(SuricataCheck check) => check.Severity switch
    {
        SuricataVerdict.Pass => Pass,
        SuricataVerdict.Warn => Warn,
        SuricataVerdict.Fail => Fail,
        SuricataVerdict.NotApplicable => NotApplicable,
        _ => Unknown,
    };

    private static string Told(SuricataCheck[] worst, CheckSeverity severity, string path)
    {
        SuricataCheck first = worst[0];
        bool isFault = severity is Fail or Warn;
        string file = first.Path is string other && other != path ? other[(other.LastIndexOf('/') + 1)..] + " " : "";
        string place = isFault && first.Line is int line ? $"{file}line {line}: " : "";
        string more = worst.Length == 1 ? "" : isFault ? $", and {worst.Length - 1} more" : $", and {Words.Count(worst.Length - 1, "other")}";
        return $"{place}{first.Actual}{more}";
    }
}
