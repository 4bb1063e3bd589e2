using ZeptAdmin.Workers;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Audit;

/// <summary>J1 to J14: a rule of Test-ZeekNodeConfig on the machine's own file, all that it found in one line.</summary>
internal sealed class ZeekConfigCheck(ConfigRule rule) : ConfigRuleCheck(rule, CheckCategory.Zeek, "Test-ZeekNodeConfig")
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<ZeekConfigCheck> All { get; } = [.. ZeekLint.Rules.Select(rule => new ZeekConfigCheck(rule))];

    /// <inheritdoc/>
    protected override Check First => All[0];

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        ZeekFileReading reading = subject.Read(ZeekFiles.Test);
        yield return reading.Path.Length > 0
            ? Of(reading.Path[(reading.Path.LastIndexOf('/') + 1)..], reading)
            : Absent("no node.cfg or zeek.conf at the usual places");
    }

    // What a script has to load is one line to add; all else the command tells in full.
    /// <inheritdoc/>
    protected override string Remedy(string path, ConfigCheck first) =>
        first.Line is null && first.Remedy.Contains("@load", StringComparison.Ordinal) ? first.Remedy : base.Remedy(path, first);
}
