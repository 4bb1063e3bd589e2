namespace ZeptAdmin.Reports;

/// <summary>Writes an SVG: shapes and texts of roles. It knows nothing of what is drawn.</summary>
/// <remarks>Roles of a palette are its classes, so that one drawing is right in light, in dark and on paper.</remarks>
internal sealed class SvgWriter : MarkupWriter
{
    private const string End = "/>";

    /// <summary>A rectangle of a role; a tip is read out and shown on hovering.</summary>
    public SvgWriter Rectangle(double x, double y, double width, double height, string role, double corner = 0, string? tip = null)
    {
        ReadOnlySpan<(string, object?)> place = [("x", x), ("y", y), ("width", width), ("height", height), ("rx", corner == 0 ? null : corner), ("class", role)];
        _ = tip is null ? Void("rect", End, place) : Open("rect", place).Leaf("title", tip).Close();
        return this;
    }

    /// <summary>A path of a role.</summary>
    public SvgWriter Path(string data, string role)
    {
        _ = Void("path", End, ("d", data), ("class", role));
        return this;
    }

    /// <summary>A line of text whose base is at y; the anchor is start, middle or end.</summary>
    public SvgWriter Text(double x, double y, string text, string role, string? anchor = null)
    {
        _ = Leaf("text", text, ("x", x), ("y", y), ("class", role), ("text-anchor", anchor));
        return this;
    }
}
