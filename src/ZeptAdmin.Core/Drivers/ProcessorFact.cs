namespace ZeptAdmin.Drivers;

/// <summary>What is known of a kind of processor and cannot be asked of it.</summary>
/// <param name="Name">Name of the cores.</param>
/// <param name="Vendor">As in /proc/cpuinfo.</param>
/// <param name="Family">Family number.</param>
/// <param name="Models">Model numbers; empty for all of the family.</param>
/// <param name="Width">Most instructions that a core finishes in a cycle; null when it is not on record.</param>
/// <param name="Prefetchers">Bits of MSR_MISC_FEATURE_CONTROL that turn a prefetcher off; 0 where the register is not on record.</param>
/// <param name="HasDdioWays">True where MSR 0xC8B holds the ways of the last-level cache into which cards may write.</param>
public sealed record ProcessorFact(string Name, string Vendor, int Family, int[] Models, int? Width, int Prefetchers, bool HasDdioWays)
{
    /// <summary>Kinds of processors.</summary>
    /// <remarks>
    /// Model numbers: arch/x86/include/asm/intel-family.h. Prefetchers: Intel SDM volume 4, MSR_MISC_FEATURE_CONTROL (1A4H), and the same lists in
    /// intel/pepc pepclibs/msr/MiscFeatureControl.py; all four bits on cores, bits 0 and 2 on Goldmont, Tremont and Knights. Hybrid processors,
    /// whose kinds of cores differ, are left out. Widths: renamed or dispatched a cycle, by the vendors' optimisation manuals; field.md M1 has 4 for
    /// Haswell and Broadwell. DDIO: IIO_LLC_WAYS of Farshin et al., "Reexamining Direct Cache Access" (USENIX ATC 2020); field.md B8.
    /// Not proven on hardware.
    /// </remarks>
    public static IReadOnlyList<ProcessorFact> All { get; } =
    [
        new("Nehalem", Intel, 6, [0x1a, 0x1e, 0x1f, 0x2e], 4, AllFour, false),
        new("Westmere", Intel, 6, [0x25, 0x2c, 0x2f], 4, AllFour, false),
        new("Sandy Bridge", Intel, 6, [0x2a, 0x2d], 4, AllFour, false),
        new("Ivy Bridge", Intel, 6, [0x3a, 0x3e], 4, AllFour, false),
        new("Haswell", Intel, 6, [0x3c, 0x45, 0x46], 4, AllFour, false),
        new("Haswell-EP", Intel, 6, [0x3f], 4, AllFour, true),
        new("Broadwell", Intel, 6, [0x3d, 0x47], 4, AllFour, false),
        new("Broadwell-EP", Intel, 6, [0x4f, 0x56], 4, AllFour, true),
        new("Skylake", Intel, 6, [0x4e, 0x5e, 0x8e, 0x9e, 0xa5, 0xa6, 0x66], 4, AllFour, false),
        new("Skylake-SP, Cascade Lake, Cooper Lake", Intel, 6, [0x55], 4, AllFour, true),
        new("Ice Lake", Intel, 6, [0x7d, 0x7e, 0x8c, 0x8d, 0xa7], 5, AllFour, false),
        new("Ice Lake-SP", Intel, 6, [0x6a, 0x6c], 5, AllFour, true),
        new("Sapphire Rapids, Emerald Rapids", Intel, 6, [0x8f, 0xcf], 6, AllFour, false),
        new("Granite Rapids", Intel, 6, [0xad, 0xae], 6, AllFour, false),
        new("Sierra Forest, Grand Ridge", Intel, 6, [0xaf, 0xb6], null, AllFour, false),
        new("Goldmont, Tremont", Intel, 6, [0x5c, 0x5f, 0x7a, 0x86, 0x96, 0x9c, 0x4d], null, L2AndDcu, false),
        new("Knights Landing, Knights Mill", Intel, 6, [0x57, 0x85], 2, L2AndDcu, false),
        new("Zen, Zen 2", Amd, 23, [], 6, 0, false),
        new("Zen 3, Zen 4", Amd, 25, [], 6, 0, false),
        new("Zen 5", Amd, 26, [], 8, 0, false),
    ];

    private const string Intel = "GenuineIntel";
    private const string Amd = "AuthenticAMD";
    private const int AllFour = 0xf;
    private const int L2AndDcu = 0x5;

    /// <summary>What is known of a processor; null when nothing is.</summary>
    public static ProcessorFact? Find(string? vendor, int? family, int? model) =>
        All.FirstOrDefault(fact => fact.Vendor == vendor && fact.Family == family && (fact.Models.Length == 0 || (model is int number && fact.Models.Contains(number))));
}
