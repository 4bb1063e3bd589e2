using System.Globalization;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>B8: cards write into the last-level cache.</summary>
internal sealed class DdioCheck() : Check(
    "B8.Ddio",
    CheckCategory.Cpu,
    "With DDIO a packet lands in the last-level cache, where its reader finds it warm. Two ways of the cache are the default; rings that are larger than these spill into memory, which is why deep rings are no gain.",
    "field.md B8, I1; Farshin et al., Reexamining Direct Cache Access (USENIX ATC 2020); not proven on hardware")
{
    private const string Expected = "2 ways of the last-level cache or more";
    private const int LeastWays = 2;

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        CpuPackage[] packages = subject.Topology.Packages;
        if (packages.Length == 0)
        {
            yield return Result(Unknown, Machine, Expected, "the kernel does not tell packages");
        }

        foreach (CpuPackage package in packages)
        {
            string target = string.Create(CultureInfo.InvariantCulture, $"package {package.Package}");
            Answer<int> ways = CpuPrefetchers.DdioWays(subject.Sensor, package.Cpus.First);
            if (ways.Refusal is Refusal refusal)
            {
                yield return Result(refusal, refusal.Errno.MeansUnsupported() ? Machine : target, Expected);
                if (refusal.Errno.MeansUnsupported())
                {
                    yield break;
                }
            }
            else
            {
                yield return Result(
                    ways.Value >= LeastWays ? Pass : Warn, target, Expected, Words.Count(ways.Value, "way"), "Turn DDIO (Intel I/OAT, Direct Cache Access) on in the firmware's setup.");
            }
        }
    }
}
