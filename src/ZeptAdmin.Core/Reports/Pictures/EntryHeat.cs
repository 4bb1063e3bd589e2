using System.Globalization;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Reports;

/// <summary>Draws the entries of an indirection table as cells, darker the more packets came by them.</summary>
/// <remarks>Shades are multiples of the mean of the entries. Entries of very large tables share a cell.</remarks>
internal static class EntryHeat
{
    private const int Columns = 32;
    private const int MostCells = 1024;
    private const double CellWidth = 26;
    private const double CellHeight = 16;

    private static readonly (string Role, double Below, string Text)[] Shades =
    [
        ("heat0", 0, "no packet"),
        ("heat1", 0.5, "below half the mean"),
        ("heat2", 1.5, "about the mean"),
        ("heat3", 3, "up to 3 times the mean"),
        ("heat4", double.PositiveInfinity, "more"),
    ];

    /// <summary>The cells and what their shades mean.</summary>
    public static SvgBox Box(RssBalance balance)
    {
        int size = balance.EntryPackets.Length;
        int together = (size + MostCells - 1) / MostCells;
        int cells = (size + together - 1) / together;
        double mean = (double)balance.EntryPackets.Sum() / cells;
        double rows = Math.Ceiling(cells / (double)Columns);
        SvgBox grid = new(Columns * CellWidth, rows * CellHeight, (svg, x, y) =>
        {
            for (int i = 0; i < cells; i++)
            {
                int first = i * together;
                int last = Math.Min(first + together, size) - 1;
                long packets = balance.EntryPackets[first..(last + 1)].Sum();
                int?[] queues = [.. Enumerable.Range(first, last - first + 1).Select(entry => entry < balance.EntryQueues.Length ? balance.EntryQueues[entry] : (int?)null).Distinct()];
                string queue = queues is [int one] ? one.ToString(CultureInfo.InvariantCulture) : "";
                double left = x + (i % Columns * CellWidth);
                double top = y + (i / Columns * CellHeight);
                string name = first == last ? string.Create(CultureInfo.InvariantCulture, $"entry {first}") : string.Create(CultureInfo.InvariantCulture, $"entries {first} to {last}");
                _ = svg.Rectangle(left, top, CellWidth - 1, CellHeight - 1, RoleOf(packets, mean), 0, string.Create(CultureInfo.InvariantCulture, $"{name}{(queue.Length > 0 ? $", queue {queue}" : "")}: {packets:N0} packets"));
                if (queue is { Length: > 0 and <= 3 })
                {
                    _ = svg.Text(left + ((CellWidth - 1) / 2), top + 11, queue, "tag ink", "middle");
                }
            }
        });
        return SvgBox.Stack([grid, Legend()], 8);
    }

    private static string RoleOf(long packets, double mean) =>
        packets == 0 ? Shades[0].Role : Array.Find(Shades[1..], shade => packets <= shade.Below * mean).Role ?? Shades[^1].Role;

    private static SvgBox Legend() => SvgBox.Grid(
        [
            .. Shades.Select(shade => new SvgBox(SvgBox.TextWidth(shade.Text) + 30, 16, (svg, x, y) =>
                _ = svg.Rectangle(x, y + 1, 18, 14, shade.Role, 2).Text(x + 24, y + 12, shade.Text, "soft"))),
        ],
        Shades.Length,
        4);
}
