using System.Globalization;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Workers;

/// <summary>A row of field.md J or L: what its results have in common.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Expected">How it should be.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Reference">Where the knowledge comes from.</param>
/// <param name="Otherwise">What there is to say of a file in which it finds nothing; null when such a file has nothing of it.</param>
internal sealed record ConfigRule(string Id, string Expected, string Why, string Reference, string? Otherwise = null)
{
    /// <summary>Rules in the order of the rows.</summary>
    public static ConfigRule[] InOrder(IEnumerable<ConfigRule> rules) => [.. rules.OrderBy(rule => Row(rule.Id))];

    /// <summary>Results in the order of the rows, and of the lines.</summary>
    public static ConfigCheck[] InOrder(IEnumerable<ConfigCheck> checks) =>
        [.. checks.OrderBy(check => Row(check.Id)).ThenBy(check => check.Id, StringComparer.Ordinal).ThenBy(check => check.Line ?? 0)];

    /// <summary>A result about a section, a key or an interface.</summary>
    public ConfigCheck Result(CheckSeverity severity, string target, string? path, int? line, string actual, string remedy = "") => new()
    {
        Id = Id,
        Severity = severity,
        Target = target,
        Line = line,
        Path = path,
        Expected = Expected,
        Actual = actual,
        Why = Why,
        Remedy = severity.IsFinding() ? remedy : "",
        Reference = Reference,
    };

    private static int Row(string id) => int.Parse(id[1..id.IndexOf('.', StringComparison.Ordinal)], NumberStyles.None, CultureInfo.InvariantCulture);
}
