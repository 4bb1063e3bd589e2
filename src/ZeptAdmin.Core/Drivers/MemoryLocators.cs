using System.Text.RegularExpressions;

namespace ZeptAdmin.Drivers;

/// <summary>What the number in a label of a memory slot says about its channel.</summary>
public enum SlotNumbering
{
    /// <summary>Nothing: the label names only the package, or has a channel of its own.</summary>
    None,

    /// <summary>Neighbours share a channel: 1 and 2 are one, 3 and 4 the next.</summary>
    Blocks,

    /// <summary>The first slots of all channels come first: of six channels, 1 and 7 are one.</summary>
    Interleaved,
}

/// <summary>How boards of a vendor label their memory slots.</summary>
/// <param name="Name">Name of the pattern: the vendors, and an example.</param>
/// <param name="Pattern">
/// Matches <c>locator|bank locator</c>. Groups: <c>p</c> package, <c>c</c> channel, <c>s</c> slot in the channel, <c>n</c> number of the slot in
/// the package.
/// </param>
/// <param name="Numbering">What <c>n</c> says about the channel.</param>
public sealed record MemoryLocatorPattern(string Name, Regex Pattern, SlotNumbering Numbering);

/// <summary>The labels of memory slots, by vendor, in the order in which they are tried.</summary>
/// <remarks>
/// <para>Labels on the board come before bank locators, which firmware gets wrong now and then (a Lenovo HR630X names a channel 6 of six).
/// A pattern counts only when it fits every slot of the machine and the outcome is a possible machine
/// (Memory/MemoryLocations), so a pattern that is too wide does no harm.</para>
/// <para>Sources of the numbered ones. Dell: owner's manuals of PowerEdge T420, R540, M420, XC940 and XC750xa, "Memory channels are organized as
/// follows: channel 0: A1 and A7 …". Lenovo System x:
/// installation sequence 1, 4, 9, 12, 2, 5, 8, 11, 3, 6, 7, 10, whose first four fill all four channels. HPE: no manual was at hand; blocks contradict none of the seven
/// captured ProLiants whose slots divide among the channels (slots 1, 3, 6, 8 of eight; 8, 10 of twelve; 3, 7, 10, 14 of sixteen are a channel each).</para>
/// </remarks>
public static class MemoryLocators
{
    /// <summary>The patterns.</summary>
    public static IReadOnlyList<MemoryLocatorPattern> All { get; } =
    [
        Labelled("Intel, ASRock, ASUS, Fujitsu, Lenovo: CPU1_DIMM_A1", @"^CPU ?(?<p>\d+)[ _-]?DIMM[ _-]?(?<c>[A-Z])(?<s>\d)\|"),
        Labelled("Supermicro: P1-DIMMA1", @"^P(?<p>\d+)[-_]DIMM(?<c>[A-Z])(?<s>\d)\|"),
        Labelled("Supermicro: P1_DIMM1A", @"^P(?<p>\d+)[-_](?:DIMM)?(?<c>\d)(?<s>[A-Z])\|"),
        Labelled("Gigabyte: DIMM_P0_A0", @"^DIMM_P(?<p>\d+)_(?<c>[A-Z])(?<s>\d)\|"),
        Labelled("Tyan: P0-ChA-DIMM0", @"^P(?<p>\d+)-Ch(?<c>[A-Z])-DIMM(?<s>\d)\|"),
        Labelled("Tyan: P0_MC0_DIM_CH_A0", @"^P(?<p>\d+)_MC\d+_DIMM?_CH_(?<c>[A-Z])(?<s>\d)\|"),
        Labelled("Intel: CPU0_C0D0", @"^CPU(?<p>\d+)_C(?<c>\d+)D(?<s>\d)\|"),
        Labelled("Huawei: DIMM000", @"^DIMM(?<p>\d)(?<c>\d)(?<s>\d)(?: J\d+)?\|.*Channel ?\k<c>"),
        Labelled("Bank: P0_Node0_Channel0_Dimm0", @"\|P(?<p>\d+)_Node\d+_Channel(?<c>\d+)_Dimm(?<s>\d+)$"),
        Labelled("Bank: _Node0_Channel0_Dimm0", @"\|(?:[A-Z]\d+)?_?Node(?<p>\d+)_Channel(?<c>\d+)_Dimm(?<s>\d+)$"),
        Labelled("Bank: NODE 0 CHANNEL 0 DIMM 0", @"\|(?:NODE|SOCKET) (?<p>\d+) CHANNEL (?<c>\d+) DIMM (?<s>\d+)$"),
        Labelled("AMD: DIMM 0, P0 CHANNEL A", @"^DIMM ?(?<s>\d)\|P(?<p>\d+) CHANNEL (?<c>[A-Z])$"),
        Labelled("ASUS, Dell: DIMM_A1", @"^DIMM[ _]?(?<c>[A-Z])(?<s>\d)\|"),
        Labelled("Fujitsu: DIMM-1A", @"^DIMM-(?<s>\d)(?<c>[A-Z])\|"),
        Labelled("AMI: ChannelA-DIMM0", @"^Channel ?(?<c>[A-Z])-DIMM ?(?<s>\d)\|"),
        Numbered("Dell: A1", @"^(?:DIMM[ _]?)?(?<p>[A-D])(?<n>\d{1,2})\|", SlotNumbering.Interleaved),
        Numbered("HPE: PROC 1 DIMM 1", @"^PROC +(?<p>\d+) +DIMM +(?<n>\d+)[A-L]?\|", SlotNumbering.Blocks),
        Numbered("Lenovo System x: Dimm 1, CPU 1", @"^DIMM (?<n>\d+)\|CPU (?<p>\d+)$", SlotNumbering.Blocks),
        Numbered("Dell: CPU0, DIMM01", @"^CPU(?<p>\d+)\|DIMM\d+$", SlotNumbering.None),
        Numbered("HP: DIMM1, CPU0", @"^DIMM\d+\|CPU(?<p>\d+)$", SlotNumbering.None),
        Numbered("Tyan: H0_DIMM0", @"^H(?<p>\d+)_DIMM\d+\|", SlotNumbering.None),
    ];

    /// <summary>True for what firmware writes when a slot has no label.</summary>
    public static bool IsPlaceholder(string? locator) =>
        string.IsNullOrWhiteSpace(locator) || locator.Trim().ToUpperInvariant() is "NO DIMM" or "NOT SPECIFIED" or "UNKNOWN" or "N/A" or "NONE";

    private static MemoryLocatorPattern Labelled(string name, string pattern) => Numbered(name, pattern, SlotNumbering.None);

    private static MemoryLocatorPattern Numbered(string name, string pattern, SlotNumbering numbering) =>
        new(name, new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), numbering);
}
