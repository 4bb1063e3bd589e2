namespace ZeptAdmin.Zeek;

/// <summary>What one check of Test-ZeekNodeConfig found.</summary>
public sealed record ZeekCheck
{
    /// <summary>Stable id: the row of the field's knowledge and a name, <c>J8.PinCount</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>The verdict.</summary>
    public ZeekVerdict Severity { get; internal init; }

    /// <summary>Line of the file; null when it is about the whole file, or the machine.</summary>
    public int? Line { get; internal init; }

    /// <summary>Section that it is about; empty when it is about the whole file.</summary>
    public string Node { get; internal init; } = "";

    /// <summary>How it should be.</summary>
    public string Expected { get; internal init; } = "";

    /// <summary>How it is, or why that cannot be said.</summary>
    public string Actual { get; internal init; } = "";

    /// <summary>Why it matters.</summary>
    public string Why { get; internal init; } = "";

    /// <summary>What to do; empty when nothing is to be done.</summary>
    public string Remedy { get; internal init; } = "";

    /// <summary>Where the knowledge comes from.</summary>
    public string Reference { get; internal init; } = "";

    /// <summary>The file; null when it was not read from one.</summary>
    public string? Path { get; internal init; }
}

/// <summary>How a check of Zeek's configuration came out; the names and numbers of the audit's severities.</summary>
public enum ZeekVerdict
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>Costs packets under load, or is not what was meant.</summary>
    Warn,

    /// <summary>Loses packets, or Zeek does not start.</summary>
    Fail,

    /// <summary>The machine does not say; Actual tells why not.</summary>
    Unknown,

    /// <summary>There is nothing to check.</summary>
    NotApplicable,
}
