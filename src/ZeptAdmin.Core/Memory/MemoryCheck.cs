using ZeptAdmin.Sensors;

namespace ZeptAdmin.Memory;

/// <summary>What one check of Test-MemoryLayout found: the verdict, and what to do about it.</summary>
public sealed record MemoryCheck
{
    /// <summary>Stable id: the row of the field's knowledge and a name, <c>C1.MemoryChannels</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>Processor package, from 0; null when the check is about the whole machine.</summary>
    public int? Package { get; internal init; }

    /// <summary>The verdict.</summary>
    public CheckSeverity Severity { get; internal init; }

    /// <summary>How it should be.</summary>
    public string Expected { get; internal init; } = "";

    /// <summary>How it is, or why that cannot be said.</summary>
    public string Actual { get; internal init; } = "";

    /// <summary>Why it matters, in a sentence or two.</summary>
    public string Why { get; internal init; } = "";

    /// <summary>What to do; empty when nothing is to be done.</summary>
    public string Remedy { get; internal init; } = "";

    /// <summary>Where the knowledge comes from.</summary>
    public string Reference { get; internal init; } = "";
}
