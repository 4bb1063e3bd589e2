using ZeptAdmin.Linux;
using ZeptAdmin.Pcie;

namespace ZeptAdmin.Audit;

/// <summary>A9: the slot carries what the ports receive.</summary>
internal sealed class PcieLinkCheck() : InterfaceCheck(
    "A9.PcieLink",
    CheckCategory.Topology,
    "the slot carries what the ports receive",
    "Some x8 slots have four lanes wired, and a port above may be narrower than the slot. What does not fit waits in the card's FIFO and is dropped there.",
    "field.md A9, A10; PCI Express Base Specification 6.0, 4.2")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<PcieLink> asked = subject.Read(sensor => new PcieLinks(sensor)).Get(interfaceName);
        return asked.Try(out PcieLink? link)
            ? Result(link.Severity, interfaceName, link.Expected.Length > 0 ? link.Expected : Expected, link.Actual, link.Remedy)
            : Result(asked.Refusal!, interfaceName, Expected);
    }
}
