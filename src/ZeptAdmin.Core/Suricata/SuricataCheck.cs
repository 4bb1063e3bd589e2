namespace ZeptAdmin.Suricata;

/// <summary>What one check of Test-SuricataConfig found.</summary>
public sealed record SuricataCheck
{
    /// <summary>Stable id: the row of the field's knowledge and a name, <c>L3.ClusterType</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>The verdict.</summary>
    public SuricataVerdict Severity { get; internal init; }

    /// <summary>Line of the file; null when it is about the whole file, or the machine.</summary>
    public int? Line { get; internal init; }

    /// <summary>Key or interface that it is about; empty when it is about the whole file.</summary>
    public string Subject { get; internal init; } = "";

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

/// <summary>How a check of Suricata's configuration came out; the names and numbers of the audit's severities.</summary>
public enum SuricataVerdict
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>Costs packets under load, or is not what was meant.</summary>
    Warn,

    /// <summary>Loses packets, or Suricata does not start.</summary>
    Fail,

    /// <summary>The machine does not say; Actual tells why not.</summary>
    Unknown,

    /// <summary>There is nothing to check.</summary>
    NotApplicable,
}

/// <summary>A row of field.md L: what its results have in common.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Expected">How it should be.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Reference">Where the knowledge comes from.</param>
/// <param name="Otherwise">What there is to say of a file in which it finds nothing; null when such a file has nothing of it.</param>
internal sealed record SuricataRule(string Id, string Expected, string Why, string Reference, string? Otherwise = null)
{
    /// <summary>A result about a key.</summary>
    public SuricataCheck Result(SuricataVerdict severity, string subject, string? path, int? line, string actual, string remedy = "") => new()
    {
        Id = Id,
        Severity = severity,
        Subject = subject,
        Line = line,
        Path = path,
        Expected = Expected,
        Actual = actual,
        Why = Why,
        Remedy = severity is SuricataVerdict.Warn or SuricataVerdict.Fail ? remedy : "",
        Reference = Reference,
    };

    /// <summary>A result about a part of the file.</summary>
    public SuricataCheck Result(SuricataVerdict severity, string subject, SuricataNode? node, string actual, string remedy = "") =>
        Result(severity, subject, node?.Path, node?.Line is > 0 and int line ? line : null, actual, remedy);

    /// <summary>A result about an interface.</summary>
    public SuricataCheck Result(SuricataVerdict severity, SuricataInterface card, string key, SuricataLintSubject subject, string actual, string remedy = "") =>
        Result(severity, card.InterfaceName, subject.NodeOf(card, key), actual, remedy);
}
