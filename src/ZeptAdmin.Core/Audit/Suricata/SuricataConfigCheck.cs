using ZeptAdmin.Linux;
using ZeptAdmin.Suricata;
using static ZeptAdmin.Audit.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>L1 to L12: a rule of Test-SuricataConfig on each file that an engine runs with, else on the machine's own; all that it found in one line.</summary>
internal sealed class SuricataConfigCheck(SuricataRule rule) : ConfigRuleCheck<SuricataCheck>(rule.Id, CheckCategory.Suricata, rule.Expected, rule.Why, rule.Reference)
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SuricataConfigCheck> All { get; } = [.. SuricataLint.Rules.Select(rule => new SuricataConfigCheck(rule))];

    /// <inheritdoc/>
    protected override Check First => All[0];

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        SuricataFileReading[] readings = subject.Read(SuricataFiles.Test);
        if (readings.Length == 0)
        {
            yield return Absent("no engine runs, and no suricata.yaml is at the usual places");
        }

        foreach (SuricataFileReading reading in readings)
        {
            // Two files may have one name: then the path tells them apart.
            string name = reading.Path[(reading.Path.LastIndexOf('/') + 1)..];
            bool isAlone = readings.Count(other => other.Path.EndsWith("/" + name, StringComparison.Ordinal)) <= 1;
            yield return Of(isAlone ? name : reading.Path, reading.Path, reading.Problem, [.. reading.Checks.Where(check => check.Id == Id)], rule.Otherwise);
        }
    }

    /// <inheritdoc/>
    protected override CheckSeverity SeverityOf(SuricataCheck finding) => finding.Severity switch
    {
        SuricataVerdict.Pass => Pass,
        SuricataVerdict.Warn => Warn,
        SuricataVerdict.Fail => Fail,
        SuricataVerdict.NotApplicable => NotApplicable,
        _ => Unknown,
    };

    /// <inheritdoc/>
    protected override string Told(SuricataCheck[] worst, bool isFault, string path)
    {
        SuricataCheck first = worst[0];
        string file = first.Path is string other && other != path ? other[(other.LastIndexOf('/') + 1)..] + " " : "";
        string place = isFault && first.Line is int line ? $"{file}line {line}: " : "";
        string more = worst.Length == 1 ? "" : isFault ? $", and {worst.Length - 1} more" : $", and {Words.Count(worst.Length - 1, "other")}";
        return $"{place}{first.Actual}{more}";
    }

    /// <inheritdoc/>
    protected override string Remedy(string path, SuricataCheck first) => $"Test-SuricataConfig {CommandWord.Quote(path)} # {first.Remedy}";
}
