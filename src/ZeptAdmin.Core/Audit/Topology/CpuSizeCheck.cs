using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A11: few fast cores rather than many slow ones.</summary>
internal sealed class CpuSizeCheck() : Check(
    "A11.CpuSize",
    CheckCategory.Topology,
    "One flow is worked on by one core, so its speed is the limit; with four packages nearly every access missed the cache on the sensor of the source.",
    "field.md A11")
{
    private const string Expected = "one or two packages of fast cores";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        NsmTopology topology = subject.Topology;
        if (topology.Packages.Length == 0)
        {
            yield return Result(Unknown, Machine, Expected, "the kernel does not tell packages");
            yield break;
        }

        CpuPackage first = topology.Packages[0];
        long? l3 = topology.Caches.FirstOrDefault(cache => cache.Level == 3)?.SizeBytes;
        string frequency = first.MaximumFrequencyKilohertz is long kilohertz ? $", up to {Words.Number(kilohertz / 1e6)} GHz" : "";
        string cache = l3 is long bytes ? $", L3 {Words.Size(bytes)}" : "";
        string actual = $"{Words.Count(topology.Packages.Length, "package")} of {Words.Count(first.CoreCount, "core")}{frequency}{cache}";
        yield return topology.Packages.Length > 2 && !subject.IsVirtualMachine
            ? Result(Warn, Machine, Expected, actual, "Keep capture on the packages that have the capture cards; the next sensor should have fewer packages with faster cores.")
            : Result(Pass, Machine, Expected, actual);
    }
}
