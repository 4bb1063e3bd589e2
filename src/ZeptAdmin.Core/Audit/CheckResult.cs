using ZeptAdmin.Sensors;

namespace ZeptAdmin.Audit;

/// <summary>What one check found on one target: the verdict, and what to do about it.</summary>
public sealed record CheckResult
{
    /// <summary>Stable id: the row of the field's knowledge and a name, <c>H4.SymmetricHash</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>What it is about.</summary>
    public CheckCategory Category { get; internal init; }

    /// <summary>The verdict.</summary>
    public CheckSeverity Severity { get; internal init; }

    /// <summary>What was looked at: an interface name, a package, a node, or the machine.</summary>
    public string Target { get; internal init; } = "";

    /// <summary>Interface that the check is about; null for the machine's own checks. Pipes into the NIC cmdlets.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>How it should be.</summary>
    public string Expected { get; internal init; } = "";

    /// <summary>How it is, or why that cannot be said.</summary>
    public string Actual { get; internal init; } = "";

    /// <summary>Why it matters, in a sentence or two.</summary>
    public string Why { get; internal init; } = "";

    /// <summary>Command line that puts it right, or what to do by hand; empty when nothing is to be done.</summary>
    public string Remedy { get; internal init; } = "";

    /// <summary>Where the knowledge comes from: a row of the field's table, a kernel file, a driver's manual.</summary>
    public string Reference { get; internal init; } = "";
}
