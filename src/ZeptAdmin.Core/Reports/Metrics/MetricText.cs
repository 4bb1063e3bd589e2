using System.Globalization;
using System.Text;

namespace ZeptAdmin.Reports;

/// <summary>Builds text in Prometheus' exposition format, version 0.0.4: families in their order, each with HELP and TYPE once, then its samples.</summary>
/// <remarks>https://prometheus.io/docs/instrumenting/exposition_formats/ (text-based format).</remarks>
internal sealed class MetricText
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _families = new(StringComparer.Ordinal);
    private readonly HashSet<string> _samples = new(StringComparer.Ordinal);
    private string _family = "";

    /// <summary>Begins a family.</summary>
    /// <param name="name">Its name, never changed once it is out: <c>zeptadmin_drops_total</c>.</param>
    /// <param name="isCounter">True for a counter, whose name ends in _total; false for a gauge.</param>
    /// <param name="help">What it is, as a sentence.</param>
    /// <exception cref="ArgumentException">The family was begun before, or is a counter by another name.</exception>
    public void Begin(string name, bool isCounter, string help)
    {
        if (!_families.Add(name) || isCounter != name.EndsWith("_total", StringComparison.Ordinal))
        {
            throw new ArgumentException("A family stands once, and counters end in _total.", nameof(name));
        }

        _family = name;
        _ = _text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help, isLabel: false)).Append('\n')
            .Append("# TYPE ").Append(name).Append(isCounter ? " counter" : " gauge").Append('\n');
    }

    /// <summary>Adds a sample; one with the same labels as an earlier one is left out, since the format forbids it.</summary>
    public void Add(double value, params (string Name, string Value)[] labels)
    {
        string sample = labels.Length == 0
            ? _family
            : $"{_family}{{{string.Join(',', labels.Select(label => $"{label.Name}=\"{Escape(label.Value, isLabel: true)}\""))}}}";
        if (_samples.Add(sample))
        {
            _ = _text.Append(sample).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Escape(string text, bool isLabel)
    {
        string escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return isLabel ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
