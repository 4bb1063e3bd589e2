using System.Globalization;

namespace ZeptAdmin.Audit;

/// <summary>Numbers as results say them.</summary>
internal static class Words
{
    /// <summary>"1 queue", "4 queues".</summary>
    public static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>A number with its decimals, written the same everywhere.</summary>
    public static string Number(double number, string form = "0.##") => number.ToString(form, CultureInfo.InvariantCulture);

    /// <summary>Bytes as GiB or MiB.</summary>
    public static string Size(long bytes) => bytes >= 1L << 30 ? $"{Number(bytes / (double)(1L << 30), "0.#")} GiB" : $"{Number(bytes / (double)(1L << 20), "0.#")} MiB";

    /// <summary>A list cut to a few items.</summary>
    public static string List(IReadOnlyCollection<string> items, int most = 3) =>
        string.Join(", ", items.Take(most)) + (items.Count > most ? string.Create(CultureInfo.InvariantCulture, $" and {items.Count - most} more") : "");
}
