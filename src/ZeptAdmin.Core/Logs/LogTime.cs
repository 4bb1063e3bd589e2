using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace ZeptAdmin.Logs;

/// <summary>Time stamps of Zeek and Suricata.</summary>
internal static class LogTime
{
    private const long TicksAtEpoch = 621_355_968_000_000_000;

    // The last second of the year 9999.
    private const long MostSeconds = 253_402_300_799;

    // Zeek's JSON::TS_MILLIS are whole numbers; seconds as large as this would be in the year 5138.
    private const long LeastMilliseconds = 100_000_000_000;

    /// <summary>
    /// Reads seconds since 1970 (1521911780.600725), milliseconds (1521911780600), or ISO 8601 with Z, +0100, +01:00 or nothing for UTC
    /// (2018-03-24T17:16:20.600725Z).
    /// </summary>
    /// <remarks>Zeek: LogAscii::json_timestamps; Suricata: CreateIsoTimeString of util-time.c. Digits behind the seventh are left out.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTime time) =>
        text.Length > 10 && text[4] == '-' ? TryParseIso(text, out time) : TryParseSeconds(text, out time);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryParseSeconds(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        long seconds = 0;
        int i = 0;
        while (i < text.Length && (uint)(text[i] - '0') <= 9 && i < 18)
        {
            seconds = (seconds * 10) + text[i++] - '0';
        }

        if (i == 0)
        {
            return false;
        }

        if (i == text.Length)
        {
            if (seconds >= LeastMilliseconds)
            {
                return TryMake(seconds / 1000, (int)(seconds % 1000) * 10_000, out time);
            }

            return TryMake(seconds, 0, out time);
        }

        if (text.IndexOfAny((byte)'e', (byte)'E') < 0)
        {
            return text[i] == '.' && TryParseFraction(text[(i + 1)..], out int ticks, out int used) && i + 1 + used == text.Length && TryMake(seconds, ticks, out time);
        }

        // 1.5219117806007249e9 of a JSON writer.
        return Utf8Parser.TryParse(text, out double number, out int whole) && whole == text.Length && number is >= 0 and < MostSeconds
            && TryMake((long)number, (int)((number - (long)number) * 10_000_000), out time);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryParseIso(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text.Length < 19
            || text[7] != '-' || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':' || text[16] != ':'
            || !TryParsePair(text, 0, out int century) || !TryParsePair(text, 2, out int year)
            || !TryParsePair(text, 5, out int month) || !TryParsePair(text, 8, out int day)
            || !TryParsePair(text, 11, out int hour) || !TryParsePair(text, 14, out int minute) || !TryParsePair(text, 17, out int second))
        {
            return false;
        }

        year += century * 100;
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[19..];
        int ticks = 0;
        if (rest is [(byte)'.', ..])
        {
            if (!TryParseFraction(rest[1..], out ticks, out int used))
            {
                return false;
            }

            rest = rest[(1 + used)..];
        }

        if (!TryParseOffset(rest, out int offset))
        {
            return false;
        }

        // A leap second is the last one of its minute.
        long all = new DateTime(year, month, day, hour, minute, Math.Min(second, 59)).Ticks + ticks - (offset * TimeSpan.TicksPerMinute);
        if (all < 0 || all > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        time = new DateTime(all, DateTimeKind.Utc);
        return true;
    }

    private static bool TryParseOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 0 || text is [(byte)'Z'])
        {
            return true;
        }

        int second = text.Length == 6 && text[3] == ':' ? 4 : text.Length == 5 ? 3 : -1;
        if (second < 0 || text[0] is not ((byte)'+' or (byte)'-') || !TryParsePair(text, 1, out int hours) || !TryParsePair(text, second, out int rest))
        {
            return false;
        }

        minutes = ((hours * 60) + rest) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryParseFraction(ReadOnlySpan<byte> text, out int ticks, out int used)
    {
        ticks = 0;
        used = 0;
        int unit = 1_000_000;
        while (used < text.Length && (uint)(text[used] - '0') <= 9)
        {
            ticks += (text[used++] - '0') * unit;
            unit /= 10;
        }

        return used > 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParsePair(ReadOnlySpan<byte> text, int at, out int number)
    {
        int tens = text[at] - '0';
        int ones = text[at + 1] - '0';
        number = (tens * 10) + ones;
        return (uint)tens <= 9 && (uint)ones <= 9;
    }

    private static bool TryMake(long seconds, int ticks, out DateTime time)
    {
        bool isPossible = seconds <= MostSeconds;
        time = isPossible ? new DateTime(TicksAtEpoch + (seconds * TimeSpan.TicksPerSecond) + ticks, DateTimeKind.Utc) : default;
        return isPossible;
    }
}
