namespace ZeptAdmin.Memory;

/// <summary>The memory of a machine as the rules see it.</summary>
/// <param name="Modules">Slots and modules, by whom knows their places best.</param>
/// <param name="ChannelsPerPackage">Channels of a package that the board has slots for; null when unknown.</param>
/// <param name="ProcessorChannels">Channels that the processors have; null when unknown, 0 when the memory hangs on the chipset.</param>
/// <param name="Sockets">Processor sockets in order, true for a populated one; empty when unknown.</param>
/// <param name="Unknown">Why the channels cannot be told; null when they can.</param>
internal sealed record MemorySetting(MemoryModule[] Modules, int? ChannelsPerPackage, int? ProcessorChannels, bool[] Sockets, string? Unknown)
{
    /// <summary>The same modules as the firmware describes them, where their places come from elsewhere; null for <see cref="Modules"/>.</summary>
    public MemoryModule[]? Described { get; init; }

    /// <summary>Packages that a processor or a module is in; null alone for the whole machine where the labels do not tell them.</summary>
    public IReadOnlyList<int?> Packages
    {
        get
        {
            int?[] packages = [.. Modules.Select(module => module.Package).Where(package => package is not null).Distinct().Order()];
            return packages.Length == 0
                ? [null]
                : [.. packages.Where(package => IsPopulated(package!.Value, packages.Length) || Of(package).Any(module => module.IsPopulated))];
        }
    }

    /// <summary>Slots of a package.</summary>
    public MemoryModule[] Of(int? package) => [.. Modules.Where(module => module.Package == package)];

    /// <summary>Modules of a package with size, speed and ranks.</summary>
    public MemoryModule[] ModulesDescribed(int? package) =>
        Described is null
            ? [.. Of(package).Where(module => module.IsPopulated)]

            // The places are of another source, so which package a described module is at is not known.
            : package == Packages[0] ? [.. Described.Where(module => module.IsPopulated)] : [];

    private bool IsPopulated(int package, int packages) => Sockets.Length == packages && Sockets[package];
}
