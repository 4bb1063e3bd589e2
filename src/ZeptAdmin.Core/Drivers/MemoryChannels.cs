using System.Text.RegularExpressions;

namespace ZeptAdmin.Drivers;

/// <summary>Memory channels of a processor, by what CPUID and the socket say.</summary>
/// <param name="Vendor">Part of the maker's name.</param>
/// <param name="Family">Family of CPUID leaf 1, extended family added.</param>
/// <param name="Models">Models of CPUID leaf 1.</param>
/// <param name="Channels">Memory channels of a package; 0 where the memory hangs on the chipset.</param>
/// <param name="Name">What the processor's name must match; null for any.</param>
/// <param name="Upgrade">SMBIOS code of the socket (7.5.5); null for any.</param>
public sealed record MemoryChannelRule(string Vendor, int Family, int[] Models, int Channels, string? Name = null, byte? Upgrade = null);

/// <summary>How many memory channels a package has.</summary>
/// <remarks>
/// The counts are those of the kernel's EDAC drivers, times the controllers of a package: i7core_edac.c (NUM_CHANS 3), sb_edac.c
/// (NUM_CHANNELS 4), skx_common.h (SKX_NUM_IMC 2 of 3 channels; I10NM_NUM_DDR_IMC 4 of 2), amd64_edac.c (max_mcs 8 for 17h model 30h and 19h, 12
/// for 19h model 10h and 1Ah). A processor that is not listed, or whose family comes with several counts, gives null: the labels of the board must do.
/// </remarks>
public static class MemoryChannels
{
    private const string Intel = "Intel";
    private const string Amd = "AMD|Advanced Micro";
    private const byte SocketG34 = 0x1A;
    private const byte SocketC32 = 0x1C;

    private static readonly int[] AnyModel = [.. Enumerable.Range(0, 256)];

    /// <summary>The rules; the first that fits counts.</summary>
    public static IReadOnlyList<MemoryChannelRule> All { get; } =
    [
        // Front-side bus: NetBurst, Core, and everything of family 6 before Nehalem.
        new(Intel, 15, AnyModel, 0),
        new(Intel, 6, [.. Enumerable.Range(0, 0x1A), 0x1D], 0),
        new(Intel, 6, [0x1A, 0x2C], 3),
        new(Intel, 6, [0x2D, 0x3E], 3, @"E5-[12]4\d\d"),
        new(Intel, 6, [0x2D, 0x3E, 0x3F, 0x4F], 4, @"E5-"),
        new(Intel, 6, [0x55], 12, @"Platinum 92\d\d"),
        new(Intel, 6, [0x55], 6, @"Bronze|Silver|Gold|Platinum|W-3"),
        new(Intel, 6, [0x55], 4, @"W-2|D-2"),
        new(Intel, 6, [0x8F, 0xCF], 4, @"w\d-2\d\d\d"),
        new(Intel, 6, [0x6A, 0x8F, 0xCF], 8),
        new(Amd, 0x10, AnyModel, 4, Upgrade: SocketG34),
        new(Amd, 0x15, AnyModel, 4, Upgrade: SocketG34),
        new(Amd, 0x10, AnyModel, 2, Upgrade: SocketC32),
        new(Amd, 0x15, AnyModel, 2, Upgrade: SocketC32),
        new(Amd, 0x17, [0x01, 0x31], 8, "EPYC 7"),
        new(Amd, 0x19, [0x01], 8, "EPYC 7"),
        new(Amd, 0x19, [0x11, 0xA0], 12, "EPYC 9"),
        new(Amd, 0x19, [0xA0], 6, "EPYC 8"),
        new(Amd, 0x1A, [0x02, 0x11], 12, "EPYC 9"),
    ];

    /// <summary>Memory channels of a package; 0 where the memory hangs on the chipset, null when it is not known.</summary>
    /// <param name="manufacturer">Maker, as SMBIOS has it.</param>
    /// <param name="name">Name of the processor, as SMBIOS has it.</param>
    /// <param name="family">Family of CPUID leaf 1, extended family added.</param>
    /// <param name="model">Model of CPUID leaf 1, extended model included.</param>
    /// <param name="upgrade">SMBIOS code of the socket.</param>
    public static int? Find(string? manufacturer, string? name, int? family, int? model, byte? upgrade)
    {
        string vendor = $"{manufacturer} {name}";
        return All.FirstOrDefault(rule =>
            rule.Family == family && model is int number && rule.Models.Contains(number)
            && Means(vendor, rule.Vendor)
            && (rule.Upgrade is null || rule.Upgrade == upgrade)
            && (rule.Name is null || Means(name ?? "", rule.Name)))?.Channels;
    }

    private static bool Means(string text, string pattern) =>
        Regex.IsMatch(text, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
