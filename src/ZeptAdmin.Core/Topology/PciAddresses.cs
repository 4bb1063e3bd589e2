using System.Text.RegularExpressions;

namespace ZeptAdmin.Topology;

/// <summary>PCI addresses in paths of sysfs, and PCI ids in its files.</summary>
internal static partial class PciAddresses
{
    /// <summary>The addresses in a path, from the root port to the device; empty when it is not on PCI.</summary>
    /// <remarks>
    /// A USB device hangs below a PCI host controller but is none itself. A domain has four digits, or more (VMD, Hyper-V:
    /// drivers/pci/probe.c, pci_setup_device).
    /// </remarks>
    public static string[] In(string path) =>
        path.Contains("/usb", StringComparison.Ordinal) || path.Contains("/virtual/", StringComparison.Ordinal)
            ? []
            : [.. path.Split('/').Where(IsAddress)];

    /// <summary>True for <c>0000:3b:00.1</c>.</summary>
    public static bool IsAddress(string text) => Address().IsMatch(text);

    /// <summary>Vendor or device as its file has it (<c>0x8086</c>), without the prefix, in lower case; null when it is none.</summary>
    public static string? Id(string? text) =>
        text is { Length: 6 } && text.StartsWith("0x", StringComparison.Ordinal) ? text[2..].ToLowerInvariant() : null;

    [GeneratedRegex("^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]$", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
