namespace ZeptAdmin.Sensors;

/// <summary>How much an archive may ask for before it counts as hostile.</summary>
/// <remarks>Snapshots are a few hundred KiB, captures of hwloc below 10 MiB unpacked, sos reports up to some GiB of which little is kept.</remarks>
internal sealed record ArchiveLimits
{
    /// <summary>The limits in force.</summary>
    public static ArchiveLimits Default { get; } = new();

    /// <summary>Most bytes of a zip, which is read into memory whole.</summary>
    public long ZipBytes { get; init; } = 64 << 20;

    /// <summary>Most bytes of one file that is kept.</summary>
    public long FileBytes { get; init; } = 32 << 20;

    /// <summary>Most bytes of all files that are kept.</summary>
    public long KeptBytes { get; init; } = 256 << 20;

    /// <summary>Most bytes unpacked, kept or passed over.</summary>
    public long UnpackedBytes { get; init; } = 8L << 30;

    /// <summary>Most entries, kept or passed over.</summary>
    public int Entries { get; init; } = 1_000_000;

    /// <summary>Most bytes out of one byte in, once more than <see cref="RatioFrom"/> came out.</summary>
    public int Ratio { get; init; } = 500;

    /// <summary>Bytes unpacked before <see cref="Ratio"/> counts: small captures of zeros and repeats pack better than that.</summary>
    public long RatioFrom { get; init; } = 64 << 20;

    /// <summary>Longest name of an entry: PATH_MAX of the kernel.</summary>
    public int NameLength { get; init; } = 4096;

    /// <summary>Longest part of a name: NAME_MAX of the kernel.</summary>
    public int PartLength { get; init; } = 255;

    /// <summary>Most folders above an entry.</summary>
    public int Depth { get; init; } = 64;
}
