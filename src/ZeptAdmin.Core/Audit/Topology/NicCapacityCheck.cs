using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A10: the controller can take what its ports can bring.</summary>
internal sealed class NicCapacityCheck() : InterfaceCheck(
    "A10.NicCapacity",
    CheckCategory.Topology,
    "a controller that carries the speed of its ports",
    "Ports promise more than some controllers carry: two 40 Gbit/s ports of an XL710 share 50 Gbit/s, an X520 takes 8 to 10 million packets a second.",
    "field.md A10; Drivers/NicCapacities.cs")
{
    // Smallest frames on the wire: 64 bytes, preamble and gap 20 (IEEE 802.3); 10 Gbit/s are 14.88 million of them (field.md M2).
    private const double BitsOfSmallestFrame = 84 * 8;

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<Nic> answer = subject.Nic(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        Nic nic = answer.Value;
        if (nic.PciAddress is null || nic.VendorId is null)
        {
            return Result(NotApplicable, interfaceName, Expected, "no PCI card is behind it");
        }

        string ids = $"{nic.VendorId}:{nic.DeviceId}";
        if (NicCapacities.Find(nic.VendorId, nic.DeviceId) is not NicCapacity capacity)
        {
            return Result(Pass, interfaceName, Expected, $"no limit of the controller {ids} is on record");
        }

        // Ports of one controller are the functions of one PCI device.
        string device = nic.PciAddress[..nic.PciAddress.LastIndexOf('.')];
        long speed = subject.InterfaceNames
            .Select(name => subject.Nic(name).Try(out Nic? other) && other.PciAddress?.StartsWith(device, StringComparison.Ordinal) == true ? other.SpeedMbps ?? 0 : 0)
            .Sum();
        if (capacity.MaximumMbps is long most && speed > most)
        {
            return Result(
                Warn, interfaceName, Expected, string.Create(CultureInfo.InvariantCulture, $"{capacity.Family}: {most / 1000} Gbit/s for ports of {speed / 1000}"),
                "Move one of the ports' feeds to another card, or keep the sum of both below the controller's limit.");
        }

        double packets = (nic.SpeedMbps ?? 0) / BitsOfSmallestFrame;
        return capacity.MaximumMillionPackets is double rate && packets > rate
            ? Result(
                Warn, interfaceName, Expected,
                $"{capacity.Family}: {Words.Number(rate)} of {Words.Number(packets)} million packets/s",
                "Fine for usual traffic; for floods of small packets filter before the sensor, or take a newer card.")
            : Result(Pass, interfaceName, Expected, $"{capacity.Family}, within its limits");
    }
}
