namespace ZeptAdmin.Reports;

/// <summary>Something to draw whose size is known before its place: what layouts are made of.</summary>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Draw">Draws it with its upper left corner at x and y.</param>
internal sealed record SvgBox(double Width, double Height, Action<SvgWriter, double, double> Draw)
{
    // Wide enough for the widest of the fonts that the palette names (DejaVu Sans), as a share of the size.
    private const double WidthOfCharacter = 0.66;

    /// <summary>The same box larger; null for one that stays as it is.</summary>
    public Func<double, double, SvgBox>? Stretch { get; init; }

    /// <summary>Nothing.</summary>
    public static SvgBox Empty { get; } = new(0, 0, (_, _, _) => { });

    /// <summary>Room that a line of text takes at most.</summary>
    public static double TextWidth(string text, double size = 11) => text.Length * size * WidthOfCharacter;

    /// <summary>A text cut, with an ellipsis, to what fits into a width.</summary>
    public static string Fit(string text, double width, double size = 11)
    {
        int most = (int)(width / (size * WidthOfCharacter));
        return text.Length <= most ? text : most < 2 ? "…" : text[..(most - 1)].TrimEnd() + "…";
    }

    /// <summary>Boxes in rows of so many; frames are as wide as their column and as high as their row.</summary>
    public static SvgBox Grid(IReadOnlyList<SvgBox> boxes, int columns, double gap)
    {
        columns = Math.Max(1, columns);
        List<(SvgBox Box, double X, double Y)> places = [];
        double[] widths = [.. Enumerable.Range(0, Math.Min(columns, boxes.Count)).Select(column => boxes.Where((_, index) => index % columns == column).Max(box => box.Width))];
        double y = 0;
        foreach (SvgBox[] row in boxes.Chunk(columns))
        {
            double x = 0;
            double height = row.Max(box => box.Height);
            foreach ((SvgBox box, double width) in row.Zip(widths))
            {
                places.Add((box.Stretch?.Invoke(width, height) ?? box, x, y));
                x += width + gap;
            }

            y += height + gap;
        }

        return new SvgBox(Math.Max(0, widths.Sum() + ((widths.Length - 1) * gap)), Math.Max(0, y - gap), (svg, left, top) =>
        {
            foreach ((SvgBox box, double x, double boxY) in places)
            {
                box.Draw(svg, left + x, top + boxY);
            }
        });
    }

    /// <summary>Boxes in as few rows as a width allows, all of as many columns.</summary>
    public static SvgBox Flow(IReadOnlyList<SvgBox> boxes, double mostWidth, double gap)
    {
        if (boxes.Count == 0)
        {
            return Empty;
        }

        double widest = boxes.Max(box => box.Width);
        int columns = Math.Clamp((int)((mostWidth + gap) / (widest + gap)), 1, boxes.Count);

        // Rows of equal length: four boxes of which three fit stand two by two.
        int rows = (boxes.Count + columns - 1) / columns;
        return Grid(boxes, (boxes.Count + rows - 1) / rows, gap);
    }

    /// <summary>Boxes one below the other, each as wide as it is; empty ones leave no gap.</summary>
    public static SvgBox Stack(IEnumerable<SvgBox> boxes, double gap) => Grid([.. boxes.Where(box => box.Height > 0).Select(box => box with { Stretch = null })], 1, gap);

    /// <summary>A frame with a title and a line below it, around a box.</summary>
    public static SvgBox Frame(string role, string title, string? subtitle, string titleRole, SvgBox content, double padding, string? tip = null)
    {
        double titleSize = titleRole.Contains("h2", StringComparison.Ordinal) ? 13 : 11;
        double header = titleSize + 5 + (subtitle is null ? 0 : 15);
        double width = Math.Max(content.Width, Math.Max(TextWidth(title, titleSize), TextWidth(subtitle ?? "", 11))) + (2 * padding);
        return Framed(width, padding + header + content.Height + padding);

        SvgBox Framed(double outerWidth, double height) => new(outerWidth, height, (svg, x, y) =>
        {
            _ = svg.Rectangle(x, y, outerWidth, height, role, 5, tip).Text(x + padding, y + padding + titleSize - 2, title, titleRole);
            if (subtitle is not null)
            {
                _ = svg.Text(x + padding, y + padding + titleSize + 13, subtitle, "soft");
            }

            content.Draw(svg, x + padding, y + padding + header);
        })
        {
            Stretch = Framed,
        };
    }
}
