using ZeptAdmin.Sensors;

namespace ZeptAdmin.Workers;

/// <summary>What one check of Test-ZeekNodeConfig or Test-SuricataConfig found.</summary>
public sealed record ConfigCheck
{
    /// <summary>Stable id: the row of the field's knowledge and a name, <c>J8.PinCount</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>The verdict.</summary>
    public CheckSeverity Severity { get; internal init; }

    /// <summary>Line of the file; null when it is about the whole file, or the machine.</summary>
    public int? Line { get; internal init; }

    /// <summary>Section, key or interface that it is about; empty when it is about the whole file.</summary>
    public string Target { get; internal init; } = "";

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

    /// <summary>File that the line is of, which may be an included one; null when it was not read from a file.</summary>
    public string? Path { get; internal init; }
}
