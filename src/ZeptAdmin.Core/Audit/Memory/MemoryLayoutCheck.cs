using System.Globalization;
using ZeptAdmin.Memory;

namespace ZeptAdmin.Audit;

/// <summary>C1 to C5: a rule of Test-MemoryLayout, told as a check of the audit.</summary>
internal sealed class MemoryLayoutCheck(MemoryRule rule) : Check(rule.Id, CheckCategory.Memory, rule.Why, rule.Reference)
{
    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject) =>
        from found in subject.MemoryLayout
        where found.Id == Id
        let target = found.Package is int package ? string.Create(CultureInfo.InvariantCulture, $"package {package}") : Machine
        select Result(found.Severity, target, found.Expected, found.Actual, found.Remedy);
}
