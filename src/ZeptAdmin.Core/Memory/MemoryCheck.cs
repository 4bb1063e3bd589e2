namespace ZeptAdmin.Memory;

/// <summary>What one check of Test-MemoryLayout found: the verdict, and what to do about it.</summary>
public sealed record MemoryCheck
{
    /// <summary>Stable id: the row of the field's knowledge and a name, <c>C1.MemoryChannels</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>Processor package, from 0; null when the check is about the whole machine.</summary>
    public int? Package { get; internal init; }

    /// <summary>The verdict.</summary>
    public MemoryVerdict Severity { get; internal init; }

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

/// <summary>How a check of the memory came out; the names and numbers of the audit's severities.</summary>
public enum MemoryVerdict
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>Costs packets under load, or hides something that does.</summary>
    Warn,

    /// <summary>Loses packets.</summary>
    Fail,

    /// <summary>The machine does not say; Actual tells why not.</summary>
    Unknown,

    /// <summary>There is nothing to check: a virtual machine, or one package only.</summary>
    NotApplicable,
}
