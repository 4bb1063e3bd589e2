using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>C7: transparent huge pages. Information: the sources give no advice.</summary>
internal sealed class HugePagesCheck() : Check(
    "C7.HugePages",
    CheckCategory.Memory,
    "TLB misses are one of the costs of each packet; huge pages make them rarer, at the price of stalls while the kernel makes them. Nobody has measured a winner for sensors.",
    "field.md C7; Documentation/admin-guide/mm/transhuge.rst")
{
    private const string Expected = "known (there is no advice)";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        // "always [madvise] never": the one in brackets is in force.
        string? text = subject.Sensor.Files.ReadText("/sys/kernel/mm/transparent_hugepage/enabled");
        string[] words = text?.Split('[', ']') ?? [];
        yield return words.Length == 3
            ? Result(Pass, Machine, Expected, $"transparent huge pages: {words[1]}")
            : Result(text is null ? NotApplicable : Unknown, Machine, Expected, text is null ? "the kernel has no transparent huge pages" : "the setting cannot be read");
    }
}
