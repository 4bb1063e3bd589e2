using System.Text;

namespace ZeptAdmin.Reports;

/// <summary>Colours by role, for light, for dark and for paper.</summary>
/// <remarks>
/// Each pair of text and ground has a contrast of 4.5 or more (WCAG 2.1, 1.4.3), which a test measures in a browser. Colours are written
/// as they are, without variables, so that programs which know only SVG 1.1 show them too.
/// </remarks>
internal static class SvgPalette
{
    /// <summary>Class of the outermost element; all rules are below it.</summary>
    public const string Root = "zt";

    // Role, what it paints, light, dark. Fill and line of a surface; a text has a fill only.
    private static readonly (string Role, string LightFill, string? LightLine, string DarkFill, string? DarkLine)[] Colours =
    [
        ("paper", "#ffffff", null, "#12161c", null),
        ("package", "#e9edf2", "#8d99a6", "#1b222b", "#5d6b7a"),
        ("node", "#ffffff", "#aab4bf", "#12161c", "#4c5967"),
        ("cache", "#f3f5f8", "#c3cbd4", "#1b222b", "#3f4b58"),
        ("core", "#dde3ea", "#dde3ea", "#2a333e", "#2a333e"),
        ("cpu", "#ffffff", "#b4bec9", "#161c24", "#4c5967"),
        ("irq", "#ffd8a6", "#a85400", "#643900", "#ffb05c"),
        ("worker", "#bcdcff", "#0a5ca6", "#103f6d", "#74bbff"),
        ("both", "#f5bfd7", "#a3125a", "#6b123f", "#ff8dbd"),
        ("house", "#d3eae6", "#1d6b61", "#173b37", "#7cc7bb"),
        ("sibling", "#e9e2f6", "#61459b", "#32254b", "#b99cec"),
        ("nic", "#d3eed3", "#2a762a", "#17421d", "#77cf80"),
        ("memory", "#d5d8f7", "#464cae", "#2b306c", "#9ea5ff"),
        ("bare", "#eceff2", "#b4bec9", "#2a333e", "#4c5967"),
        ("heat0", "#ffffff", "#c3cbd4", "#12161c", "#3f4b58"),
        ("heat1", "#fdf0dc", "#c3cbd4", "#3a2a16", "#3f4b58"),
        ("heat2", "#fbd49a", "#a85400", "#5e3c14", "#a87434"),
        ("heat3", "#f5a95c", "#a85400", "#7c440c", "#ffb05c"),
        ("heat4", "#ee8f55", "#7a2a00", "#94400a", "#ffd8a6"),
        ("ink", "#1a222d", null, "#e8edf3", null),
        ("soft", "#4d5866", null, "#b4bec9", null),
    ];

    private const string Shapes =
        ".zt text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:11px}"
        + ".zt .h1{font-size:20px;font-weight:700}.zt .h2{font-size:13px;font-weight:700}.zt .h3{font-size:11px;font-weight:600}"
        + ".zt .no{font-size:11px;font-weight:600}.zt .tag{font-size:10px}"
        + ".zt .ring{fill:none;stroke-width:2;stroke-dasharray:4 2}";

    /// <summary>The rules, for a style element of an SVG or of a page.</summary>
    public static string Sheet { get; } = MakeSheet();

    private static string MakeSheet()
    {
        string light = Rules(isDark: false);

        // A page printed from a dark screen is printed as from a light one.
        return $"{Shapes}{light}@media (prefers-color-scheme:dark){{{Rules(isDark: true)}}}@media print{{{light}.zt{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}}}";
    }

    private static string Rules(bool isDark)
    {
        StringBuilder rules = new();
        foreach ((string role, string lightFill, string? lightLine, string darkFill, string? darkLine) in Colours)
        {
            (string fill, string? line) = isDark ? (darkFill, darkLine) : (lightFill, lightLine);
            _ = rules.Append(".zt .").Append(role).Append("{fill:").Append(fill).Append(line is null ? "" : ";stroke:" + line).Append('}');
        }

        return rules.Append(".zt .ring{fill:none;stroke:").Append(isDark ? "#e8edf3" : "#1a222d").Append('}').ToString();
    }
}
