using ZeptAdmin.Suricata;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Audit;

/// <summary>L1 to L12: a rule of Test-SuricataConfig on each file that an engine runs with, else on the machine's own; all that it found in one line.</summary>
internal sealed class SuricataConfigCheck(ConfigRule rule) : ConfigRuleCheck(rule, CheckCategory.Suricata, "Test-SuricataConfig")
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SuricataConfigCheck> All { get; } = [.. SuricataLint.Rules.Select(rule => new SuricataConfigCheck(rule))];

    /// <inheritdoc/>
    protected override Check First => All[0];

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        ConfigReading[] readings = subject.Read(SuricataFiles.Test);
        if (readings.Length == 0)
        {
            yield return Absent("no engine runs, and no suricata.yaml is at the usual places");
        }

        foreach (ConfigReading reading in readings)
        {
            // Two files may have one name: then the path tells them apart.
            string name = reading.Path[(reading.Path.LastIndexOf('/') + 1)..];
            bool isAlone = readings.Count(other => other.Path.EndsWith("/" + name, StringComparison.Ordinal)) <= 1;
            yield return Of(isAlone ? name : reading.Path, reading);
        }
    }
}
