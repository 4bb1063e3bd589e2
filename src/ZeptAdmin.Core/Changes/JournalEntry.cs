using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ZeptAdmin.Changes;

/// <summary>What a line of the journal says happened to a change.</summary>
public enum JournalEvent
{
    /// <summary>It is about to be written.</summary>
    Intend,

    /// <summary>It was written and read back.</summary>
    Done,

    /// <summary>It was refused, or it was not there when read back.</summary>
    Failed,

    /// <summary>It was taken back.</summary>
    Undone,
}

/// <summary>One line of the journal.</summary>
/// <remarks>JSON, a tab, and the first 16 hexadecimal digits of the SHA-256 of the JSON: a torn or altered line is told from a whole one.</remarks>
public sealed record JournalEntry
{
    private const int ChecksumDigits = 16;

    /// <summary>Number of the change.</summary>
    public long Id { get; init; }

    /// <summary>What happened to it.</summary>
    public JournalEvent Event { get; init; }

    /// <summary>The run that it belongs to.</summary>
    public string Run { get; init; } = "";

    /// <summary>When (UTC).</summary>
    public DateTime Time { get; init; }

    /// <summary>/proc/sys/kernel/random/boot_id: what tells a change of this boot from one that a reboot took back.</summary>
    public string Boot { get; init; } = "";

    /// <summary>Kind of setting; of an Intend line only, as all that follows but Problem.</summary>
    public string? Kind { get; init; }

    /// <summary>Whose setting.</summary>
    public string? Target { get; init; }

    /// <summary>Value before.</summary>
    public JToken? Before { get; init; }

    /// <summary>Value wanted.</summary>
    public JToken? After { get; init; }

    /// <summary>Values of the settings that the write may disturb, as they were before.</summary>
    public JournalNeighbour[]? Neighbours { get; init; }

    /// <summary>Neighbours that were disturbed and put back; of a Done line.</summary>
    public string[]? PutBack { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Problem { get; init; }

    /// <summary>True in a Failed line when everything was read back as it was before, so that nothing is left to undo.</summary>
    public bool? IsAsBefore { get; init; }

    /// <summary>The line that keeps the entry, without its end.</summary>
    public string ToLine()
    {
        string json = JsonConvert.SerializeObject(this, Formatting.None, Settings);
        return $"{json}\t{Checksum(json)}";
    }

    /// <summary>Reads a line; null when it is torn, altered or none.</summary>
    public static JournalEntry? FromLine(string line)
    {
        int tab = line.LastIndexOf('\t');
        if (tab < 0 || !string.Equals(line[(tab + 1)..], Checksum(line[..tab]), StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonConvert.DeserializeObject<JournalEntry>(line[..tab], Settings);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonSerializerSettings Settings { get; } = new()
    {
        NullValueHandling = NullValueHandling.Ignore,
        DateTimeZoneHandling = DateTimeZoneHandling.Utc,
        Culture = CultureInfo.InvariantCulture,
        Converters = { new Newtonsoft.Json.Converters.StringEnumConverter() },
    };

    private static string Checksum(string json) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..ChecksumDigits];
}

/// <summary>A setting beside the one that is written, and its value before.</summary>
/// <param name="Kind">Kind of setting.</param>
/// <param name="Target">Whose.</param>
/// <param name="Value">Its value before.</param>
public sealed record JournalNeighbour(string Kind, string Target, JToken Value);
