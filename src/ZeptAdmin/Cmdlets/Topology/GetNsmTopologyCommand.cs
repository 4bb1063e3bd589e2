using System.Management.Automation;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NsmTopology: nodes, packages, cores, threads, caches and where the NICs sit among them.</summary>
/// <remarks>Needs no privileges. The arrays of the result are flat; Cpu, Core, Package and Node join them.</remarks>
[Cmdlet(VerbsCommon.Get, "NsmTopology")]
[OutputType(typeof(NsmTopology))]
public sealed class GetNsmTopologyCommand : SensorCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(NsmTopologies.Get(Machine));
}
