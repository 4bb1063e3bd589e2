namespace ZeptAdmin.Reports;

/// <summary>A snapshot that was written.</summary>
public sealed record SavedSnapshot
{
    /// <summary>Full path of the file.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>Size of the file, in bytes.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Files of the machine that are in it with their content.</summary>
    public int Files { get; internal init; }

    /// <summary>Answers of drivers and netlink families that are in it.</summary>
    public int Answers { get; internal init; }

    /// <summary>Network interfaces of the machine.</summary>
    public int Interfaces { get; internal init; }

    /// <summary>Reads that the kernel refused for want of a capability; they are refused again on replay. As root there are none, or next to none.</summary>
    public int Refused { get; internal init; }

    /// <summary>When the state was read.</summary>
    public DateTimeOffset Time { get; internal init; }
}
