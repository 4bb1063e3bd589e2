using ZeptAdmin.Sensors;

namespace ZeptAdmin.Memory;

/// <summary>A rule of the memory layout: what is right, why, and where that comes from.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Expected">How it should be.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Reference">Row of field.md.</param>
internal sealed record MemoryRule(string Id, string Expected, string Why, string Reference)
{
    public static readonly MemoryRule Channels = new(
        "C1.MemoryChannels",
        "a module in every channel",
        "Each channel adds its bandwidth; every packet crosses memory at least twice, so an empty channel is a lower ceiling for the whole package.",
        "field.md C1");

    public static readonly MemoryRule Depth = new(
        "C2.DimmsPerChannel",
        "one or two modules in each channel, the same in all",
        "A third module in a channel makes the controller lower the clock; unequal channels interleave unevenly. One and two are both good: the "
        + "source advises two and builds with one, so this check takes no side.",
        "field.md C2, C3, R9");

    public static readonly MemoryRule Speed = new(
        "C3.MemorySpeed",
        "the speed that the modules are made for",
        "The controller runs all modules at the speed of the slowest, and lower when a channel is full or when the processor takes no more.",
        "field.md C3");

    public static readonly MemoryRule Sizes = new(
        "C4.EqualSizes",
        "modules of one size",
        "Unequal modules interleave over a part of the memory only; the rest has the bandwidth of fewer channels.",
        "field.md C4");

    public static readonly MemoryRule Ranks = new(
        "C5.Ranks",
        "two ranks or more in each channel",
        "With two ranks the controller works in one while the other precharges. It is a small gain: do not buy modules for it, but watch the clock.",
        "field.md C5");

    public static readonly MemoryRule Balance = new(
        "C1.PackageBalance",
        "the same memory at every package",
        "A worker on the package with less memory gets pages of the other one, and crosses the link between them for each packet.",
        "field.md C1, A8");

    /// <summary>All rules, in the order in which they are reported.</summary>
    public static IReadOnlyList<MemoryRule> All { get; } = [Channels, Depth, Speed, Sizes, Ranks, Balance];

    /// <summary>What the rule found.</summary>
    public MemoryCheck Check(CheckSeverity verdict, int? package, string actual, string remedy = "", string? expected = null) => new()
    {
        Id = Id,
        Package = package,
        Severity = verdict,
        Expected = expected ?? Expected,
        Actual = actual,
        Why = Why,
        Remedy = verdict.IsFinding() ? remedy : "",
        Reference = Reference,
    };
}
