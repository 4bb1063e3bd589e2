using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ZeptAdmin.Logs;

/// <summary>Reads the blocks of Suricata's stats.log.</summary>
/// <remarks>
/// src/log-stats.c: a line of dashes, "Date: 3/24/2018 -- 17:16:20 (uptime: 0d, 00h 00m 08s)" and, in later versions, "Timestamp 1521911780";
/// then "counter | thread | value" a line, threads one after another. The date is in local time.
/// </remarks>
/// <param name="sink">Where counters go.</param>
internal sealed class StatsLogBlocks(ISuricataSink sink)
{
    private DateTime? _time;
    private long? _uptime;
    private byte[]? _thread;
    private SuricataReading? _reading;

    /// <summary>Reads a line.</summary>
    public LineKind Read(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("-----"u8))
        {
            return line.IndexOfAnyExcept((byte)'-') < 0 ? LineKind.PassedOver : LineKind.Bad;
        }

        if (line.StartsWith("Date: "u8))
        {
            End();
            (_time, _uptime) = ReadDate(Encoding.UTF8.GetString(line));
            return _time is null ? LineKind.Bad : LineKind.PassedOver;
        }

        int first = line.IndexOf((byte)'|');
        int second = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)'|') + first + 1;
        if (second <= first)
        {
            return LineKind.Bad;
        }

        ReadOnlySpan<byte> name = line[..first].TrimEnd((byte)' ');
        ReadOnlySpan<byte> thread = line[(first + 1)..second].Trim((byte)' ');
        ReadOnlySpan<byte> value = line[(second + 1)..].Trim((byte)' ');
        if (value.SequenceEqual("Value"u8))
        {
            return LineKind.PassedOver;
        }

        if (!Utf8Parser.TryParse(value, out long number, out int used) || used != value.Length || name.Length == 0)
        {
            return LineKind.Bad;
        }

        if (_time is not DateTime time)
        {
            // The rest of a block whose start was not read.
            return LineKind.PassedOver;
        }

        if (_thread is null || !thread.SequenceEqual(_thread))
        {
            EndThread();
            _thread = thread.ToArray();
            _reading = sink.Start(time, _uptime, sink.Threads.Text(thread));
            _reading.LacksZeros = true;
        }

        sink.Add(sink.Find(name), number);
        return LineKind.PassedOver;
    }

    /// <summary>Time in the first line of a block (UTC); null when it is none.</summary>
    public static DateTime? TimeOf(ReadOnlySpan<byte> line) => ReadDate(Encoding.UTF8.GetString(line)).Time;

    /// <summary>Ends the block that is being read.</summary>
    public void End() => EndThread();

    private void EndThread()
    {
        if (_reading is not null)
        {
            sink.End();
        }

        _reading = null;
        _thread = null;
    }

    private static (DateTime? Time, long? Uptime) ReadDate(string line)
    {
        int start = line.IndexOf("(uptime: ", StringComparison.Ordinal);
        long? uptime = start < 0 ? null : ReadUptime(line[(start + 9)..]);
        int stamp = line.IndexOf("Timestamp ", StringComparison.Ordinal);
        if (stamp >= 0 && LogTime.TryParse(Encoding.UTF8.GetBytes(line[(stamp + 10)..].Trim()), out DateTime exact))
        {
            return (exact, uptime);
        }

        string date = (start < 0 ? line[6..] : line[6..start]).Trim();
        return DateTime.TryParseExact(date, "M/d/yyyy -- HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal | DateTimeStyles.AdjustToUniversal, out DateTime local)
            ? (local, uptime)
            : (null, uptime);
    }

    // 0d, 00h 00m 08s)
    private static long? ReadUptime(string text)
    {
        long seconds = 0;
        foreach (string part in text[..Math.Max(0, text.IndexOf(')', StringComparison.Ordinal))].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(part.AsSpan(0, part.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                return null;
            }

            seconds += part[^1] switch { 'd' => count * 86400, 'h' => count * 3600, 'm' => count * 60, _ => count };
        }

        return seconds;
    }
}
