using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>B9: hardware prefetchers. Information: whether they help hangs on the traffic and the programs.</summary>
internal sealed class PrefetcherCheck() : Check(
    "B9.Prefetchers",
    CheckCategory.Cpu,
    "Packets are read once and in no order that a prefetcher knows, so the talk turns them off; rule matching may lose by it. Measure with Measure-CpuEfficiency, off and on, before you choose.",
    "field.md B9; Intel SDM volume 4, MSR_MISC_FEATURE_CONTROL; not proven on hardware")
{
    private const string Expected = "known, and the same on all cores";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        Answer<CpuPrefetcher[]> answer = CpuPrefetchers.Get(subject.Sensor);
        if (answer.Refusal is Refusal refusal)
        {
            yield return Result(refusal, Machine, Expected);
            yield break;
        }

        string[] off = [.. answer.Value.Where(each => !each.IsEnabled).Select(each => each.Name).Distinct()];
        string[] mixed = [.. answer.Value.GroupBy(each => each.Name).Where(name => name.Select(each => each.IsEnabled).Distinct().Count() > 1).Select(name => name.Key)];
        yield return mixed.Length > 0
            ? Result(Warn, Machine, Expected, $"on some cores only: {string.Join(", ", mixed)}", $"Set-CpuPrefetcher -Name {string.Join(", ", mixed)} -Off")
            : Result(Pass, Machine, Expected, off.Length == 0 ? "all on" : $"off: {string.Join(", ", off)}");
    }
}
