using System.Runtime.CompilerServices;

namespace ZeptAdmin.Logs;

/// <summary>
/// The text of a statistics event but for its numbers: Suricata writes the same names in the same order each time, so the next event is read
/// by comparing what stands between the numbers. Learned from an event that the general reader read; what does not fit is left to that one.
/// </summary>
internal sealed class EveShape
{
    // Counters of the most threads that there may be; a shape of more is not kept.
    private const int MostParts = 1 << 18;
    private const int MostLessons = 256;
    private const int MostDigits = 18;

    private Part[] _parts = [];
    private long[] _values = [];
    private byte[] _end = [];
    private int _lessons;

    private readonly List<Part> _learned = [];
    private byte[] _line = [];
    private int _lineLength;
    private int _reached;
    private bool _isLearning;
    private string? _thread;

    private enum PartKind : byte
    {
        Time,
        Uptime,
        Counter,
    }

    /// <summary>Reads an event of this shape; false, and nothing given, for any other line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(ReadOnlySpan<byte> line, ISuricataSink sink)
    {
        DateTime time = default;
        int at = 0;
        if (_parts.Length == 0)
        {
            return false;
        }

        for (int i = 0; i < _parts.Length; i++)
        {
            ref readonly Part part = ref _parts[i];
            if (!line[at..].StartsWith(part.Before))
            {
                return false;
            }

            at += part.Before.Length;
            if (part.Kind == PartKind.Time)
            {
                int length = line[at..].IndexOf((byte)'"');
                if (length < 0 || !LogTime.TryParse(line.Slice(at, length), out time))
                {
                    return false;
                }

                at += length;
                continue;
            }

            long value = 0;
            int start = at;
            uint digit;
            while (at < line.Length && (digit = (uint)(line[at] - '0')) <= 9)
            {
                value = (value * 10) + digit;
                at++;
            }

            // A number of JSON has no zero in front.
            int digits = at - start;
            if ((uint)(digits - 1) >= MostDigits || (digits > 1 && line[start] == '0'))
            {
                return false;
            }

            _values[i] = value;
        }

        if (!line[at..].SequenceEqual(_end))
        {
            return false;
        }

        Give(time, sink);
        return true;
    }

    /// <summary>Starts to learn an event, at its time stamp.</summary>
    public void Begin(ReadOnlySpan<byte> line, int start, int length)
    {
        _isLearning = _lessons < MostLessons;
        if (_isLearning)
        {
            _line = line.Length <= _line.Length ? _line : new byte[line.Length];
            line.CopyTo(_line);
            _lineLength = line.Length;
            _reached = 0;
            _thread = null;
            _learned.Clear();
            Add(start, length, PartKind.Time, 0);
        }
    }

    /// <summary>The counters behind belong to this thread.</summary>
    public void StartThread(string thread) => _thread = thread;

    /// <summary>The time since the start.</summary>
    public void AddUptime(int start, ReadOnlySpan<byte> number) => AddNumber(start, number, PartKind.Uptime, 0);

    /// <summary>A counter.</summary>
    public void Add(int start, ReadOnlySpan<byte> number, int target) => AddNumber(start, number, PartKind.Counter, target);

    /// <summary>The event was read to its end.</summary>
    public void End()
    {
        if (_isLearning)
        {
            _lessons++;
            _parts = [.. _learned];
            _values = new long[_parts.Length];
            _end = _line[_reached.._lineLength];
            _learned.Clear();
            _isLearning = false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Give(DateTime time, ISuricataSink sink)
    {
        long? uptime = null;
        SuricataReading? reading = null;
        for (int i = 0; i < _parts.Length; i++)
        {
            ref readonly Part part = ref _parts[i];
            if (part.Thread is not null)
            {
                if (reading is not null)
                {
                    sink.End();
                }

                reading = sink.Start(time, uptime, part.Thread);
            }

            if (part.Kind == PartKind.Counter)
            {
                sink.Add(part.Target, _values[i]);
            }
            else if (part.Kind == PartKind.Uptime)
            {
                uptime = _values[i];
                if (reading is not null)
                {
                    reading.Uptime = uptime;
                }
            }
        }

        if (reading is not null)
        {
            sink.End();
        }
    }

    private void AddNumber(int start, ReadOnlySpan<byte> number, PartKind kind, int target)
    {
        if (!_isLearning)
        {
            return;
        }

        if (number.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
        {
            Add(start, number.Length, kind, target);
        }
        else if (target != ISuricataSink.Unwanted && number.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            // A size below zero, which Suricata does not write, would have to be given, too. Fractions are no counters: they stay part of the
            // text, and the shape fits until they change.
            _isLearning = false;
        }
    }

    private void Add(int start, int length, PartKind kind, int target)
    {
        if (start < _reached || _learned.Count == MostParts)
        {
            // Figures that do not come in the order of the text.
            _isLearning = false;
            return;
        }

        _learned.Add(new Part(_line[_reached..start], kind, target, kind == PartKind.Time ? null : _thread));
        _thread = kind == PartKind.Time ? _thread : null;
        _reached = start + length;
    }

    private readonly record struct Part(byte[] Before, PartKind Kind, int Target, string? Thread);
}
