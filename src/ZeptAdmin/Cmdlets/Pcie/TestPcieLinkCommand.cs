using System.Management.Automation;
using ZeptAdmin.Pcie;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-PcieLink: whether the slot, and every port above it, carries what the card's ports receive.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PcieLink")]
[OutputType(typeof(PcieLink))]
public sealed class TestPcieLinkCommand : InterfaceCmdlet
{
    private PcieLinks? _links;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _links ??= new PcieLinks(Machine);
        WriteForEachInterface(InterfaceName, (_, name) => _links.Get(name));
    }
}
