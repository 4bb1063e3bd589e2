using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ZeptAdmin.Drivers;

/// <summary>What is known of one counter by its name.</summary>
/// <param name="Meaning">Its row; null when nothing is known.</param>
/// <param name="Queue">Queue that its name tells; null when it tells none.</param>
/// <param name="Direction">Whether it counts what is received or what is sent.</param>
public sealed record CounterClass(CounterMeaning? Meaning, int? Queue, CounterDirection Direction);

/// <summary>Tells counters of a driver by their names: which layer, which queue, which name for all drivers.</summary>
/// <remarks>Made once for each driver; each name is looked at once and then remembered, so that thousands of counters take well under a millisecond.</remarks>
public sealed class CounterTable
{
    private const int MostRemembered = 65536;

    // Beginnings of names, digits as #, by which drivers tell the queue of a counter that no row knows.
    private static readonly string[] QueueBeginnings =
        ["rx_queue_#", "tx_queue_#", "rx_q#", "tx_q#", "rxq#", "txq#", "rx#_", "tx#_", "rx-#.", "tx-#.", "queue_#_", "ch#_", "[#]: ", "rx_ring_#", "tx_ring_#"];

    private static readonly ConcurrentDictionary<string, CounterTable> Tables = new(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, CounterMeaning> _byName;
    private readonly FrozenDictionary<string, (CounterMeaning Meaning, int QueueRun)> _byShape;
    private readonly CounterMeaning[] _byBeginning;
    private readonly ConcurrentDictionary<string, CounterClass> _remembered = new(StringComparer.Ordinal);

    private CounterTable(IReadOnlyList<CounterMeaning> rows)
    {
        // Rows of the driver come before the common ones; the first that has a name keeps it.
        _byName = rows.Where(row => !row.Pattern.Contains('{', StringComparison.Ordinal) && !row.Pattern.EndsWith('*'))
            .DistinctBy(row => row.Pattern, StringComparer.Ordinal)
            .ToFrozenDictionary(row => row.Pattern, StringComparer.Ordinal);
        _byShape = rows.Where(row => row.Pattern.Contains('{', StringComparison.Ordinal))
            .Select(row => (Shape: PatternShape(row.Pattern), Row: row))
            .DistinctBy(pair => pair.Shape.Text, StringComparer.Ordinal)
            .ToFrozenDictionary(pair => pair.Shape.Text, pair => (pair.Row, pair.Shape.QueueRun), StringComparer.Ordinal);
        _byBeginning = [.. rows.Where(row => row.Pattern.EndsWith('*'))];
    }

    /// <summary>Drivers whose counters have a table of their own.</summary>
    public static IReadOnlyList<string> Drivers => CounterRows.Drivers;

    /// <summary>The table of a driver, for the counters that it has: what a name means may hang on which others there are.</summary>
    /// <param name="driver">Name as <c>ETHTOOL_GDRVINFO</c> gives it; null or unknown gives what drivers have in common.</param>
    /// <param name="names">Names of its counters.</param>
    public static CounterTable For(string? driver, IReadOnlyCollection<string> names)
    {
        CounterMeaning[] rows = CounterRows.Of(driver ?? CounterRows.Common);
        string[] present = [.. rows.SelectMany(row => new[] { row.Unless, row.With }).OfType<string>().Distinct().Where(names.Contains)];
        return Tables.GetOrAdd(
            $"{(rows.Length == 0 ? CounterRows.Common : driver)}+{string.Join('+', present)}",
            _ => new CounterTable(
            [
                .. rows.Concat(CounterRows.Of(CounterRows.Common))
                    .Where(row => !present.Contains(row.Unless) && (row.With is null || present.Contains(row.With))),
            ]));
    }

    /// <summary>Tells one counter.</summary>
    /// <param name="name">Name of the driver's, without white space around it.</param>
    public CounterClass Find(string name)
    {
        if (_remembered.TryGetValue(name, out CounterClass? known))
        {
            return known;
        }

        if (_remembered.Count >= MostRemembered)
        {
            _remembered.Clear();
        }

        return _remembered[name] = Tell(name);
    }

    private CounterClass Tell(string name)
    {
        CounterDirection direction = DirectionOf(name);
        if (_byName.TryGetValue(name, out CounterMeaning? meaning))
        {
            return new CounterClass(meaning, null, direction);
        }

        string shape = Shape(name, out List<string> numbers);
        if (_byShape.TryGetValue(shape, out (CounterMeaning Meaning, int QueueRun) found))
        {
            return new CounterClass(found.Meaning, Number(numbers, found.QueueRun), direction);
        }

        int? queue = Array.Exists(QueueBeginnings, beginning => shape.StartsWith(beginning, StringComparison.Ordinal)) ? Number(numbers, 0) : null;
        return new CounterClass(Array.Find(_byBeginning, row => name.AsSpan().StartsWith(row.Pattern.AsSpan(..^1), StringComparison.Ordinal)), queue, direction);
    }

    // The first word rx or tx, digits taken as gaps: rx0_drops, port.tx_errors, queue_3_rx_cnt.
    private static CounterDirection DirectionOf(string name)
    {
        int start = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            if (i < name.Length && char.IsAsciiLetter(name[i]))
            {
                continue;
            }

            ReadOnlySpan<char> word = name.AsSpan(start, i - start);
            start = i + 1;
            if (word is "rx" or "rxq" or "Rx" or "RX")
            {
                return CounterDirection.Receive;
            }

            if (word is "tx" or "txq" or "Tx" or "TX")
            {
                return CounterDirection.Transmit;
            }
        }

        return CounterDirection.None;
    }

    private static (string Text, int QueueRun) PatternShape(string pattern)
    {
        int queue = pattern.IndexOf("{queue}", StringComparison.Ordinal);
        string text = Shape(pattern.Replace("{queue}", "0", StringComparison.Ordinal).Replace("{n}", "0", StringComparison.Ordinal), out _);
        int run = -1;
        if (queue >= 0)
        {
            _ = Shape(pattern[..queue].Replace("{n}", "0", StringComparison.Ordinal), out List<string> before);
            run = before.Count;
        }

        return (text, run);
    }

    // Each run of digits becomes one #.
    private static string Shape(string name, out List<string> numbers)
    {
        StringBuilder shape = new(name.Length);
        numbers = [];
        for (int i = 0; i < name.Length; i++)
        {
            if (!char.IsAsciiDigit(name[i]))
            {
                _ = shape.Append(name[i]);
                continue;
            }

            int start = i;
            while (i + 1 < name.Length && char.IsAsciiDigit(name[i + 1]))
            {
                i++;
            }

            numbers.Add(name[start..(i + 1)]);
            _ = shape.Append('#');
        }

        return shape.ToString();
    }

    private static int? Number(List<string> numbers, int run) =>
        run >= 0 && run < numbers.Count && int.TryParse(numbers[run], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
