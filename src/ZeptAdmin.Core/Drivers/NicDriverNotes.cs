using System.Globalization;

namespace ZeptAdmin.Drivers;

/// <summary>What one should know of a driver or its firmware before relying on it.</summary>
/// <param name="Driver">Name of the driver.</param>
/// <param name="FirmwareUpTo">Highest firmware (major.minor) that it concerns; null for any.</param>
/// <param name="Note">As a sentence.</param>
/// <param name="Source">Row of field.md, or where else it is from.</param>
public sealed record NicDriverNote(string Driver, Version? FirmwareUpTo, string Note, string Source);

/// <summary>Notes on drivers.</summary>
public static class NicDriverNotes
{
    private static readonly NicDriverNote[] Table =
    [
        new("i40e", new Version(7, 0), "Firmware up to 7.00: frames with two VLAN tags (QinQ) do not spread over queues, so cluster_qm breaks.", "field.md A13"),
        new("i40e", null, "Only the Toeplitz hash function; the key has 52 bytes.", "field.md H6, H4"),
        new("ixgbe", null, "TCP hashes over addresses and ports only: hash fields 'sd' are refused for TCP.", "field.md H2"),
        new("ena", null, "The RSS key cannot be set.", "field.md H4, Q1"),
        new("ice", null, "The number of channels cannot change while RDMA is active (EBUSY): unload irdma first.", "field.md I11"),
    ];

    /// <summary>Notes that concern a driver with a firmware, each with its source in brackets.</summary>
    /// <param name="driver">Name of the driver; null when it is not known.</param>
    /// <param name="firmware">Firmware as the driver tells it; its first word is read as a version.</param>
    public static IEnumerable<string> For(string? driver, string? firmware)
    {
        Version? version = FirstVersion(firmware);
        return Table
            .Where(row => row.Driver == driver)
            .Where(row => row.FirmwareUpTo is null || (version is not null && version <= row.FirmwareUpTo))
            .Select(row => $"{row.Note} [{row.Source}]");
    }

    // "8.30 0x8000a4ae 1.2926.0" is 8.30: the vendors write the version first.
    private static Version? FirstVersion(string? firmware)
    {
        string[] parts = (firmware ?? "").Split(' ')[0].Split('.');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
                ? new Version(major, minor)
                : null;
    }
}
