using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace ZeptAdmin.Logs;

/// <summary>Finds statistics events among the lines of eve.json and reads their counters.</summary>
/// <remarks>
/// src/output-json-stats.c: {"timestamp":…,"event_type":"stats","stats":{"uptime":…,"capture":{…},…,"threads":{"W#01-ens1f0":{"capture":{…}}}}}.
/// A line without "stats" in it is some other event, of which only the ends are looked at.
/// </remarks>
/// <param name="sink">Where counters go.</param>
internal sealed class EveStatistics(ISuricataSink sink)
{
    private const int MostDepth = 16;

    private readonly EveShape _shape = new();
    private readonly byte[] _name = new byte[1024];
    private readonly int[] _lengths = new int[MostDepth + 1];
    private readonly int[] _items = new int[MostDepth + 1];

    /// <summary>Reads a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public LineKind Read(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\"stats\""u8) < 0)
        {
            // JSON has no control characters but white space.
            return line[^1] == '}' && line.IndexOfAnyInRange((byte)0, (byte)8) < 0 ? LineKind.PassedOver : LineKind.Bad;
        }

        if (_shape.TryRead(line, sink))
        {
            return LineKind.PassedOver;
        }

        try
        {
            return ReadEvent(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return LineKind.Bad;
        }
    }

    private LineKind ReadEvent(ReadOnlySpan<byte> line)
    {
        // The whole line first: counters of a line that ends in the middle are none.
        Utf8JsonReader reader = new(line);
        bool isStats = false;
        DateTime? time = null;
        Utf8JsonReader stats = default;
        bool hasStats = false;
        _ = reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("timestamp"u8))
            {
                _ = reader.Read();
                if (reader.TokenType != JsonTokenType.String || !LogTime.TryParse(reader.ValueSpan, out DateTime read))
                {
                    return LineKind.Bad;
                }

                time = read;
                _shape.Begin(line, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            }
            else if (reader.ValueTextEquals("event_type"u8))
            {
                _ = reader.Read();
                isStats = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("stats"u8);
            }
            else if (reader.ValueTextEquals("stats"u8))
            {
                _ = reader.Read();
                hasStats = reader.TokenType == JsonTokenType.StartObject;
                stats = reader;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
        {
            return LineKind.Bad;
        }

        if (!isStats)
        {
            return LineKind.PassedOver;
        }

        if (time is not DateTime when || !hasStats)
        {
            return LineKind.Bad;
        }

        // An event before the time that is wanted may still be the one that the first wanted one is compared with.
        ReadTotals(ref stats, when);
        _shape.End();
        return LineKind.PassedOver;
    }

    private void ReadTotals(ref Utf8JsonReader reader, DateTime time)
    {
        SuricataReading reading = sink.Start(time, null, SuricataReading.Total);
        _shape.StartThread(SuricataReading.Total);
        Utf8JsonReader threads = default;
        bool hasThreads = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("threads"u8))
            {
                _ = reader.Read();
                hasThreads = reader.TokenType == JsonTokenType.StartObject;
                threads = reader;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("uptime"u8))
            {
                _ = reader.Read();
                reading.Uptime = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long seconds) ? seconds : null;
                _shape.AddUptime((int)reader.TokenStartIndex, reader.ValueSpan);
            }
            else
            {
                ReadGroup(ref reader);
            }
        }

        long? uptime = reading.Uptime;
        sink.End();
        while (hasThreads && threads.Read() && threads.TokenType == JsonTokenType.PropertyName)
        {
            ReadThread(ref threads, time, uptime);
        }
    }

    private void ReadThread(ref Utf8JsonReader reader, DateTime time, long? uptime)
    {
        string thread = sink.Threads.Text(Name(ref reader));
        _ = reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        Start(time, uptime, thread);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Utf8Parser.TryParse(reader.ValueSpan, out uint _, out int used) && used == reader.ValueSpan.Length)
            {
                // Suricata parts names at dots, that of the thread of a VLAN interface (W#01-ens1f0.10), too.
                ReadVlanThread(ref reader, time, uptime, thread);
            }
            else
            {
                ReadGroup(ref reader);
            }
        }

        sink.End();
    }

    private void ReadVlanThread(ref Utf8JsonReader reader, DateTime time, long? uptime, string thread)
    {
        string whole = sink.Threads.Text(Encoding.UTF8.GetBytes($"{thread}.{reader.GetString()}"));
        sink.End();
        _ = reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            Start(time, uptime, whole);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadGroup(ref reader);
            }

            sink.End();
        }
        else
        {
            reader.Skip();
        }

        Start(time, uptime, thread);
    }

    private void Start(DateTime time, long? uptime, string thread)
    {
        _ = sink.Start(time, uptime, thread);
        _shape.StartThread(thread);
    }

    // The reader stands at the name of a group, or of a counter without one; leaves it at the end of its value.
    private void ReadGroup(ref Utf8JsonReader reader)
    {
        bool isWanted = sink.WantsGroup(reader.ValueSpan);
        int depth = 0;
        int length = Put(Name(ref reader), 0);
        _lengths[0] = 0;
        _items[0] = -1;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    length = Put(Name(ref reader), _lengths[depth]);
                    continue;
                case JsonTokenType.StartObject or JsonTokenType.StartArray when depth == MostDepth:
                    reader.Skip();
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (_items[depth] >= 0)
                    {
                        length = PutItem(depth);
                    }

                    depth++;
                    _lengths[depth] = length;
                    _items[depth] = reader.TokenType == JsonTokenType.StartArray ? 0 : -1;
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    depth--;
                    break;
                case JsonTokenType.Number:
                    if (_items[depth] >= 0)
                    {
                        length = PutItem(depth);
                    }

                    int target = isWanted && length > 0 ? sink.Find(_name.AsSpan(0, length)) : ISuricataSink.Unwanted;
                    _shape.Add((int)reader.TokenStartIndex, reader.ValueSpan, target);
                    if (target != ISuricataSink.Unwanted && reader.TryGetInt64(out long value))
                    {
                        sink.Add(target, value);
                    }

                    break;
            }

            if (depth == 0)
            {
                return;
            }

            _items[depth] += _items[depth] >= 0 ? 1 : 0;
        }
    }

    private static ReadOnlySpan<byte> Name(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString() ?? "") : reader.ValueSpan;

    private int PutItem(int depth)
    {
        Span<byte> digits = stackalloc byte[10];
        return Utf8Formatter.TryFormat(_items[depth], digits, out int written) ? Put(digits[..written], _lengths[depth]) : 0;
    }

    // Puts a name behind that of the object it is in; 0 for one that is too long.
    private int Put(ReadOnlySpan<byte> name, int behind)
    {
        int start = behind == 0 ? 0 : behind + 1;
        if (start + name.Length > _name.Length)
        {
            return 0;
        }

        if (start > 0)
        {
            _name[behind] = (byte)'.';
        }

        name.CopyTo(_name.AsSpan(start));
        return start + name.Length;
    }
}
