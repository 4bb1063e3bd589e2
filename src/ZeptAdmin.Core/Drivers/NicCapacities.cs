namespace ZeptAdmin.Drivers;

/// <summary>What a controller can do at most, whatever the speed of its ports says.</summary>
/// <param name="Family">Name of the controllers.</param>
/// <param name="VendorId">PCI vendor, four hexadecimal digits.</param>
/// <param name="DeviceIds">PCI devices, four hexadecimal digits each.</param>
/// <param name="MaximumMbps">Most Mbit/s of all ports of the card together; null when the ports' speed is the limit.</param>
/// <param name="MaximumMillionPackets">Most million packets a second; null when nobody measured it.</param>
/// <param name="Note">The limit as a sentence.</param>
/// <param name="Source">Row of field.md, or where else it is from.</param>
public sealed record NicCapacity(
    string Family, string VendorId, string[] DeviceIds, long? MaximumMbps, double? MaximumMillionPackets, string Note, string Source);

/// <summary>Limits of controllers, by PCI id.</summary>
/// <remarks>
/// Device ids are those of the kernel's tables: drivers/net/ethernet/intel/i40e/i40e_devids.h, drivers/net/ethernet/intel/ixgbe/ixgbe_type.h.
/// Only limits that a source states are here; a card that is not in the table is not known to have none.
/// </remarks>
public static class NicCapacities
{
    private const string Intel = "8086";

    private static readonly NicCapacity[] Table =
    [
        // I40E_DEV_ID_QSFP_A, _B, _C: the ports of 40 Gbit/s, for which the limit of the controller matters.
        new("XL710, X710 with 40 Gbit/s ports", Intel, ["1583", "1584", "1585"], 50_000, null,
            "Two ports of 40 Gbit/s carry 50 Gbit/s together: the limit is the controller's, not the slot's.", "field.md A10"),
        // I40E_DEV_ID_QSFP_X722.
        new("X722 with 40 Gbit/s ports", Intel, ["37cf"], 50_000, null,
            "Two ports of 40 Gbit/s carry 50 Gbit/s together: the limit is the controller's, not the slot's.", "field.md A10"),
        // IXGBE_DEV_ID_82599_*: X510 and X520 cards and their siblings on mainboards.
        new("82599 (X510, X520)", Intel,
            ["10f7", "10f8", "10f9", "10fb", "10fc", "1507", "1514", "1517", "151c", "1529", "152a", "154a", "154d", "154f", "1557", "1558"],
            null, 10,
            "The controller takes 8 to 10 million packets a second (10 Gbit/s of smallest frames are 14.88), one queue about 2 million; its FIFO holds 512 KB.",
            "field.md A10"),
        // IXGBE_DEV_ID_X540T, _X540T1.
        new("X540", Intel, ["1528", "1560"], null, 10,
            "The controller takes 8 to 10 million packets a second; 10 Gbit/s of smallest frames are 14.88.", "field.md A10"),
    ];

    /// <summary>Limits of a controller; null when none are known.</summary>
    /// <param name="vendorId">PCI vendor, four lower-case hexadecimal digits.</param>
    /// <param name="deviceId">PCI device, four lower-case hexadecimal digits.</param>
    public static NicCapacity? Find(string? vendorId, string? deviceId) =>
        Array.Find(Table, row => row.VendorId == vendorId && Array.IndexOf(row.DeviceIds, deviceId) >= 0);
}
