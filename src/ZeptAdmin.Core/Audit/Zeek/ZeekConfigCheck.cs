using ZeptAdmin.Linux;
using ZeptAdmin.Zeek;
using static ZeptAdmin.Audit.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>J1 to J14: a rule of Test-ZeekNodeConfig on the machine's own file, all that it found in one line.</summary>
internal sealed class ZeekConfigCheck(ZeekRule rule) : ConfigRuleCheck<ZeekCheck>(rule.Id, CheckCategory.Zeek, rule.Expected, rule.Why, rule.Reference)
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<ZeekConfigCheck> All { get; } = [.. ZeekLint.Rules.Select(rule => new ZeekConfigCheck(rule))];

    /// <inheritdoc/>
    protected override Check First => All[0];

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        ZeekFileReading reading = subject.Read(ZeekFiles.Test);
        yield return reading.Path is string path
            ? Of(path[(path.LastIndexOf('/') + 1)..], path, reading.Problem, [.. reading.Checks.Where(check => check.Id == Id)])
            : Absent("no node.cfg or zeek.conf at the usual places");
    }

    /// <inheritdoc/>
    protected override CheckSeverity SeverityOf(ZeekCheck finding) => finding.Severity switch
    {
        ZeekVerdict.Pass => Pass,
        ZeekVerdict.Warn => Warn,
        ZeekVerdict.Fail => Fail,
        ZeekVerdict.NotApplicable => NotApplicable,
        _ => Unknown,
    };

    /// <inheritdoc/>
    protected override string Told(ZeekCheck[] worst, bool isFault, string path)
    {
        ZeekCheck first = worst[0];
        string place = isFault && first.Line is int line ? $"line {line}: " : "";
        string more = worst.Length == 1 ? "" : isFault ? $", and {worst.Length - 1} more" : $", {first.Node} and {Words.Count(worst.Length - 1, "other")}";
        return $"{place}{first.Actual}{more}";
    }

    // What a script has to load is one line to add; all else the command tells in full.
    /// <inheritdoc/>
    protected override string Remedy(string path, ZeekCheck first) => first.Line is null && first.Remedy.Contains("@load", StringComparison.Ordinal)
        ? first.Remedy
        : $"Test-ZeekNodeConfig {CommandWord.Quote(path)} # {first.Remedy}";
}
