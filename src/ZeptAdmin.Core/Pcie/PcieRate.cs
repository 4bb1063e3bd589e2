using System.Globalization;

namespace ZeptAdmin.Pcie;

/// <summary>What a PCIe link carries, one way.</summary>
public static class PcieRate
{
    // A write of 256 bytes (what most servers set as their payload) takes 4 bytes of framing, 2 of sequence, 16 of header and 4 of check
    // beside: Xilinx WP350, "Understanding Performance of PCI Express Systems".
    private const double PayloadShare = 256.0 / (256 + 26);

    /// <summary>Bits of data for each bit on the wire: 8b/10b up to 5 GT/s, 128b/130b up to 32 GT/s, flits of 256 bytes with 236 of packets above.</summary>
    /// <remarks>PCI Express Base Specification 6.0, 4.2.</remarks>
    public static double Encoding(double gigatransfers) => gigatransfers switch
    {
        <= 5 => 8.0 / 10,
        <= 32 => 128.0 / 130,
        _ => 236.0 / 256,
    };

    /// <summary>Gbit/s of a link behind its encoding: 8 GT/s x8 are 63.0.</summary>
    public static double DataGbps(double gigatransfers, int width) => gigatransfers * width * Encoding(gigatransfers);

    /// <summary>Gbit/s of packets that fit: behind the encoding and the headers of transactions with 256 bytes of payload.</summary>
    public static double PayloadGbps(double gigatransfers, int width) => DataGbps(gigatransfers, width) * PayloadShare;

    /// <summary>Reads <c>8 GT/s</c> (old kernels) and <c>8.0 GT/s PCIe</c>; null for <c>Unknown</c> and what is none.</summary>
    /// <remarks>drivers/pci/pci-sysfs.c and pci_speed_string of drivers/pci/probe.c.</remarks>
    public static double? ParseSpeed(string? text)
    {
        string number = text?.Split(' ')[0] ?? "";
        return text?.Contains("GT/s", StringComparison.Ordinal) == true
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed) && speed is > 0 and <= 1024
            ? speed
            : null;
    }

    /// <summary>A link as people write it: <c>8 GT/s x8</c>.</summary>
    public static string Words(double? gigatransfers, int? width) =>
        gigatransfers is null || width is null ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"{gigatransfers:0.#} GT/s x{width}");
}
