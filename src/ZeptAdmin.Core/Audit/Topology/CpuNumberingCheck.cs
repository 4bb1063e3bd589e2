using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A6: how CPU numbers lie on packages and cores. Information: read it, do not assume it.</summary>
internal sealed class CpuNumberingCheck() : Check(
    "A6.CpuNumbering",
    CheckCategory.Topology,
    "CPU lists of other people's machines are wrong here: numbers follow packages on one machine, alternate between them on the next, and the second threads of cores come last or next.",
    "field.md A6")
{
    private const string Expected = "known (there is no wrong one)";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        NsmTopology topology = subject.Topology;
        CpuCore? first = topology.Cores.FirstOrDefault(core => core.Cpus.Count > 1);
        string threads = first is null ? "one thread a core" : $"threads of the first core {first.Cpus}";
        if (topology.Packages.Length == 0 || topology.Cores.Length == 0)
        {
            yield return Result(Unknown, Machine, Expected, "the kernel does not tell packages and cores");
            yield break;
        }

        string packages = string.Join("; ", topology.Packages.Take(2).Select(package => $"package {package.Package} {package.Cpus}"));
        yield return Result(Pass, Machine, Expected, $"{packages}{(topology.Packages.Length > 2 ? " …" : "")}; {threads}");
    }
}
