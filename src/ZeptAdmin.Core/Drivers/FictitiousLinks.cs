namespace ZeptAdmin.Drivers;

/// <summary>Devices inside a chipset whose PCIe link is a fiction: they report 2.5 GT/s x1 and are faster.</summary>
/// <remarks>
/// field.md A9: an X722 in the chipset (8086:37d2) and the port above it (8086:37c5) report x1, 2.5 GT/s; the real link is one level up
/// (8086:37c0, x8, 8 GT/s).
/// </remarks>
public static class FictitiousLinks
{
    private const string Intel = "8086";

    // X722 functions of the C620 chipset (drivers/net/ethernet/intel/i40e/i40e_devids.h) and the ports of its inner switch.
    private static readonly HashSet<string> Devices = ["37c5", "37cc", "37cd", "37ce", "37cf", "37d0", "37d1", "37d2", "37d3"];

    /// <summary>True when the link that this device reports says nothing.</summary>
    public static bool Has(string? vendorId, string? deviceId) => vendorId == Intel && deviceId is not null && Devices.Contains(deviceId);
}
