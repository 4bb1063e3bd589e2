using System.Globalization;
using System.Text;

namespace ZeptAdmin.Reports;

/// <summary>Writes markup as text: elements, attributes, escaped texts, numbers in one form. SVG and HTML alike.</summary>
/// <remarks>Whatever a machine calls itself comes through here, and stays text.</remarks>
internal class MarkupWriter
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = [];

    /// <summary>Opens an element; attributes without a value are left out.</summary>
    public MarkupWriter Open(string element, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(element, attributes);
        _ = _text.Append(">\n");
        _open.Push(element);
        return this;
    }

    /// <summary>Closes the element that was opened last.</summary>
    public MarkupWriter Close()
    {
        _ = _text.Append("</").Append(_open.Pop()).Append(">\n");
        return this;
    }

    /// <summary>An element with nothing but text in it.</summary>
    public MarkupWriter Leaf(string element, string text, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(element, attributes);
        _ = _text.Append('>').Append(Escape(text)).Append("</").Append(element).Append(">\n");
        return this;
    }

    /// <summary>An element that has no content, with its end as the language wants it: <c>/></c> in SVG, <c>></c> in HTML.</summary>
    public MarkupWriter Void(string element, string end, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(element, attributes);
        _ = _text.Append(end).Append('\n');
        return this;
    }

    /// <summary>Markup of this module's own making: a style sheet, a script, a drawing.</summary>
    public MarkupWriter Own(string markup)
    {
        _ = _text.Append(markup);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Text that stays text in XML and HTML: markup is escaped, and what XML 1.0 forbids is shown as U+FFFD.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length + 8);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\t' or '\n' or '\r' => escaped.Append(c),
                < ' ' or '\x7f' or (>= '\x80' and <= '\x9f') or '\ufffe' or '\uffff' => escaped.Append('\ufffd'),

                // Marks that turn the direction of writing make a name read as another.
                (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => escaped.Append('\ufffd'),
                _ when char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) => escaped.Append(c).Append(text[++i]),
                _ when char.IsSurrogate(c) => escaped.Append('\ufffd'),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A length with two decimals at most.</summary>
    public static string Number(double number) => Math.Round(number, 2).ToString("0.##", CultureInfo.InvariantCulture);

    private void Start(string element, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        _ = _text.Append('<').Append(element);
        foreach ((string name, object? value) in attributes)
        {
            if (value is not null)
            {
                string written = value is double number ? Number(number) : Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                _ = _text.Append(' ').Append(name).Append("=\"").Append(written).Append('"');
            }
        }
    }
}
