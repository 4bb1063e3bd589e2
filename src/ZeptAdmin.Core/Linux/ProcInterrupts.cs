using System.Globalization;

namespace ZeptAdmin.Linux;

/// <summary>One numbered line of /proc/interrupts.</summary>
/// <param name="Irq">Number of the interrupt.</param>
/// <param name="Counts">How often it came, for each CPU of the header; 32-bit counters that wrap.</param>
/// <param name="Actions">Names of its handlers; empty when none is registered.</param>
public sealed record InterruptLine(int Irq, uint[] Counts, string[] Actions);

/// <summary>The numbered lines of /proc/interrupts.</summary>
/// <remarks>
/// kernel/irq/proc.c, show_interrupts: the header names online CPUs only, so a column's place is not its CPU's number; lines without a
/// number (NMI, LOC …) are no device's. A line that cannot be read, as in a file that was cut off, is passed over.
/// </remarks>
public sealed class ProcInterrupts
{
    private static readonly string[] Triggers = ["edge", "level", "fasteoi", "percpu", "event", "fasteoi-ack", "simple"];

    private readonly Dictionary<int, InterruptLine> _lines = [];

    private ProcInterrupts(int[] cpus) => Cpus = cpus;

    /// <summary>CPUs of the columns, in their order.</summary>
    public int[] Cpus { get; }

    /// <summary>The lines, in no order.</summary>
    public IReadOnlyCollection<InterruptLine> Lines => _lines.Values;

    /// <summary>The line of an interrupt; null when it has none.</summary>
    public InterruptLine? this[int irq] => _lines.GetValueOrDefault(irq);

    /// <summary>Reads the text of /proc/interrupts; empty text is an empty table.</summary>
    public static ProcInterrupts Parse(string text)
    {
        ProcInterrupts? table = null;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (table is null)
            {
                table = new ProcInterrupts(ParseHeader(line));
            }
            else if (ParseLine(line, table.Cpus.Length) is InterruptLine parsed)
            {
                table._lines[parsed.Irq] = parsed;
            }
        }

        return table ?? new ProcInterrupts([]);
    }

    private static int[] ParseHeader(ReadOnlySpan<char> line)
    {
        List<int> cpus = [];
        while (NextWord(ref line) is { IsEmpty: false } word)
        {
            if (!word.StartsWith("CPU", StringComparison.Ordinal) || !int.TryParse(word[3..], NumberStyles.None, CultureInfo.InvariantCulture, out int cpu))
            {
                break;
            }

            cpus.Add(cpu);
        }

        return [.. cpus];
    }

    private static InterruptLine? ParseLine(ReadOnlySpan<char> line, int columns)
    {
        ReadOnlySpan<char> first = NextWord(ref line);
        if (first.Length < 2 || first[^1] != ':' || !int.TryParse(first[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int irq))
        {
            return null;
        }

        uint[] counts = new uint[columns];
        for (int column = 0; column < columns; column++)
        {
            if (!uint.TryParse(NextWord(ref line), NumberStyles.None, CultureInfo.InvariantCulture, out counts[column]))
            {
                return null;
            }
        }

        return new InterruptLine(irq, counts, ParseActions(line));
    }

    // What stands between counts and handlers differs: "PCI-MSIX-0000:00:03.0   1-edge", "IR-PCI-MSI 52955136-edge", "GICv2  30 Level";
    // the trigger is its last word everywhere.
    private static string[] ParseActions(ReadOnlySpan<char> rest)
    {
        ReadOnlySpan<char> line = rest;
        while (NextWord(ref line) is { IsEmpty: false } word)
        {
            if (IsTrigger(word[(word.IndexOf('-') + 1)..]) || IsTrigger(word[(word.LastIndexOf('-') + 1)..]))
            {
                return [.. line.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
            }
        }

        return [];
    }

    private static bool IsTrigger(ReadOnlySpan<char> word)
    {
        foreach (string trigger in Triggers)
        {
            if (word.Equals(trigger, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> NextWord(ref ReadOnlySpan<char> line)
    {
        line = line.TrimStart();
        int end = line.IndexOfAny(' ', '\t');
        ReadOnlySpan<char> word = end < 0 ? line : line[..end];
        line = end < 0 ? [] : line[end..];
        return word;
    }
}
