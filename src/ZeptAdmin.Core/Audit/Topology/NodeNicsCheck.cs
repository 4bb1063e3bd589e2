using ZeptAdmin.Linux;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A8: each package has a capture port of its own.</summary>
/// <remarks>By package, not by node: where the firmware cuts packages into nodes, a card is near all of its package.</remarks>
internal sealed class NodeNicsCheck() : Check(
    "A8.NodeNics",
    CheckCategory.Topology,
    "Cores of a package without a capture port work on packets from the other one: bandwidth between packages is plenty, but each miss costs the longer way. On EPYC, workers on other nodes than the card's can be right.",
    "field.md A8, A12")
{
    private const string Expected = "a capture port on each package";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        NsmTopology topology = subject.Topology;
        if (topology.Packages.Length < 2)
        {
            yield return topology.Packages.Length == 0
                ? Result(Unknown, Machine, Expected, "the kernel does not tell packages")
                : Result(NotApplicable, Machine, Expected, "one package");
            yield break;
        }

        NicLocality[] ports = [.. topology.Nics.Where(nic => subject.InterfaceNames.Contains(nic.InterfaceName))];
        NicLocality[] placed = [.. ports.Where(nic => nic.Node is not null)];
        if (placed.Length == 0)
        {
            yield return subject.IsVirtualMachine
                ? Result(NotApplicable, Machine, Expected, "a virtual machine: its ports are on no node")
                : Result(Unknown, Machine, Expected, ports.Length == 0 ? "no capture port" : "the nodes of the capture ports are not known");
            yield break;
        }

        HashSet<int> served = [.. placed.SelectMany(nic => topology.Nodes.Where(node => node.Node == nic.Node).SelectMany(node => node.Packages))];
        CpuList idle = CpuList.Of(topology.Packages.Select(package => package.Package).Where(package => !served.Contains(package)));
        string actual = string.Join(", ", placed.Select(nic => $"{nic.InterfaceName} on node {nic.Node}"));
        yield return idle.IsEmpty
            ? Result(Pass, Machine, Expected, actual)
            : Result(Warn, Machine, Expected, $"none on package {idle} ({actual})", "Put one capture card into a slot of each package, or leave that package's cores to other work.");
    }
}
