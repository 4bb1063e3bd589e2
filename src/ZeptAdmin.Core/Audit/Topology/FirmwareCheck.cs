using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A13: the card's firmware has no fault that is on record.</summary>
internal sealed class FirmwareCheck() : InterfaceCheck(
    "A13.Firmware",
    CheckCategory.Topology,
    "firmware without a fault on record",
    "Firmware decides how the card hashes: with old i40e firmware, frames with two VLAN tags all meet in one queue.",
    "field.md A13; Drivers/NicDriverNotes.cs")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<Nic> answer = subject.Nic(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        Nic nic = answer.Value;
        if (nic.Firmware is null)
        {
            return nic.PciAddress is null || nic.Kind == "virtio" || subject.IsVirtualMachine
                ? Result(NotApplicable, interfaceName, Expected, "it has no firmware of its own")
                : Result(Unknown, interfaceName, Expected, "the driver does not tell the firmware");
        }

        string[] faults = [.. NicDriverNotes.For(nic.Driver, nic.Firmware).Except(NicDriverNotes.For(nic.Driver, null))];
        return faults.Length == 0
            ? Result(Pass, interfaceName, Expected, nic.Firmware)
            : Result(Warn, interfaceName, Expected, $"{nic.Firmware}: {faults[0]}", "Update the firmware with the vendor's tool (nvmupdate64e for Intel, mlxup for NVIDIA) in a maintenance window.");
    }
}
