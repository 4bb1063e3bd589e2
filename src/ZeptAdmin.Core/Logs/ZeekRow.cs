using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs;

/// <summary>Reads rows of a Zeek log, TSV or JSON, into numbers; nothing is allocated for a row.</summary>
/// <remarks>
/// Zeek's writer: src/logging/writers/ascii/Ascii.cc, src/threading/formatters/{Ascii,JSON}.cc. A JSON row is first read along the keys of the
/// rows before it, in their order, which costs a comparison a key; what does not fit is read by the general reader, which learns it.
/// </remarks>
internal sealed class ZeekRow
{
    private const int Time = 0;
    private const int Peer = 1;
    private const int Path = 2;
    private const int MostKeys = 256;
    private const int MostLessons = 32;

    // 10 to the power of up to 15: a number of 15 digits and this are exact, so that their quotient is the nearest double.
    private static readonly double[] Powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    private readonly string _file;
    private readonly byte[] _log;
    private readonly byte[][] _columns;
    private readonly ulong _required;
    private readonly ulong _reals;
    private readonly LogQuery _query;
    private readonly NamePool _peers;
    private readonly List<bool> _isPeerWanted;
    private readonly long[] _counts;
    private readonly double[] _values;
    private byte _separator = (byte)'\t';
    private byte[] _unset = "-"u8.ToArray();
    private int[] _places = [];
    private (byte[] Key, int Place)[] _keys = [];
    private int _lessons;
    private ulong _set;
    private bool _isWanted;
    private bool _isOther;

    /// <summary>Reads the rows of one file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="log">Zeek's name of the log: stats.</param>
    /// <param name="query">Which rows are wanted.</param>
    /// <param name="shared">Peers of all files, and whether they are wanted.</param>
    /// <param name="columns">Columns that are read; a ! marks one that every row has, a . one that is no whole number.</param>
    public ZeekRow(string file, string log, LogQuery query, ZeekPeers shared, params string[] columns)
    {
        _file = file;
        _log = Encoding.UTF8.GetBytes(log);
        _query = query;
        _peers = shared.Names;
        _isPeerWanted = shared.IsWanted;
        string[] all = ["ts!", "peer!", "_path", .. columns];
        _columns = [.. all.Select(column => Encoding.UTF8.GetBytes(column.TrimEnd('!', '.')))];
        for (int i = 0; i < all.Length; i++)
        {
            _required |= all[i].EndsWith('!') ? 1UL << i : 0;
            _reals |= all[i].TrimEnd('!').EndsWith('.') ? 1UL << i : 0;
        }

        _counts = new long[all.Length];
        _values = new double[all.Length];
    }

    /// <summary>Time of the row (UTC).</summary>
    public DateTime When { get; private set; }

    /// <summary>Who wrote the row.</summary>
    public string Who { get; private set; } = "";

    /// <summary>True when the line has a time and a peer, also one that is not wanted: the next row of the peer is reckoned from it.</summary>
    public bool IsNamed => !_isOther && (_set & 0b11) == 0b11;

    /// <summary>A whole number of the row, by its place among the columns; null when it is unset.</summary>
    public long? Count(int column) => (_set >> (column + 3) & 1) != 0 ? _counts[column + 3] : null;

    /// <summary>A number of the row, by its place among the columns; null when it is unset.</summary>
    public double? Value(int column) => (_set >> (column + 3) & 1) != 0 ? _values[column + 3] : null;

    /// <summary>Reads a line.</summary>
    /// <exception cref="KernelFormatException">Its header is that of another log.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public LineKind Read(ReadOnlySpan<byte> line)
    {
        _set = 0;
        _isWanted = true;
        _isOther = false;
        switch (line[0])
        {
            case (byte)'#':
                ReadHeader(line);
                return LineKind.PassedOver;
            case (byte)'{':
                // Zeek writes no control characters; the general reader tells white space from what is binary.
                if (line.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || !TryReadKnown(line))
                {
                    _set = 0;
                    _isWanted = true;
                    _isOther = false;
                    if (!TryReadJson(line))
                    {
                        return LineKind.Bad;
                    }
                }

                break;
            default:
                if (!TryReadTsv(line))
                {
                    return LineKind.Bad;
                }

                break;
        }

        return !_isWanted ? LineKind.PassedOver : (_set & _required) == _required ? LineKind.Row : LineKind.Bad;
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        string text = Encoding.UTF8.GetString(line);
        if (text.StartsWith("#separator ", StringComparison.Ordinal) && text.Length == 15
            && byte.TryParse(text.AsSpan(13), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte separator))
        {
            _separator = separator;
        }
        else if (text.StartsWith("#unset_field", StringComparison.Ordinal) && text.Length > 13)
        {
            _unset = Encoding.UTF8.GetBytes(text[13..]);
        }
        else if (text.StartsWith("#fields", StringComparison.Ordinal))
        {
            _places = [.. text.Split((char)_separator)[1..].Select(name => Array.FindIndex(_columns, column => column.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(name))))];
            for (int place = 0; place < _columns.Length; place++)
            {
                if ((_required >> place & 1) != 0 && !_places.Contains(place))
                {
                    throw new KernelFormatException(_file, $"this is no {Encoding.UTF8.GetString(_log)}.log: it has no column {Encoding.UTF8.GetString(_columns[place])}");
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadTsv(ReadOnlySpan<byte> line)
    {
        for (int column = 0; column < _places.Length; column++)
        {
            int end = line.IndexOf(_separator);
            ReadOnlySpan<byte> value = end < 0 ? line : line[..end];
            int place = _places[column];
            if (place >= 0 && !value.SequenceEqual(_unset))
            {
                if (!TrySet(place, place == Peer && value.Contains((byte)'\\') ? Unescape(value) : value))
                {
                    return false;
                }

                if (!_isWanted && (IsNamed || _isOther))
                {
                    return true;
                }
            }

            if (end < 0)
            {
                return column == _places.Length - 1;
            }

            line = line[(end + 1)..];
        }

        return false;
    }

    // \x09 of src/threading/formatters/Ascii.cc.
    private static byte[] Unescape(ReadOnlySpan<byte> value)
    {
        List<byte> bytes = [];
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 3 < value.Length && value[i + 1] == 'x' && Utf8Parser.TryParse(value.Slice(i + 2, 2), out byte code, out int used, 'x') && used == 2)
            {
                bytes.Add(code);
                i += 3;
            }
            else
            {
                bytes.Add(value[i]);
            }
        }

        return [.. bytes];
    }

    // Along the keys of earlier rows; false for whatever is different, right or wrong.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadKnown(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line[1..];
        foreach ((byte[] key, int place) in _keys)
        {
            if (!rest.StartsWith(key))
            {
                continue;
            }

            rest = rest[key.Length..];
            int end = 0;
            long number = 0;
            uint digit;
            while (end < rest.Length && (digit = (uint)(rest[end] - '0')) <= 9)
            {
                number = (number * 10) + digit;
                end++;
            }

            if (end is > 0 and <= 18 && place > Path && end < rest.Length && rest[end] is (byte)',' or (byte)'}')
            {
                _set |= 1UL << place;
                _counts[place] = number;
                _values[place] = number;
            }
            else if (!TryReadOther(ref rest, ref end, place))
            {
                return false;
            }

            if (!_isWanted && (IsNamed || _isOther))
            {
                // No more of it is read than its end.
                return line[^1] == '}';
            }

            if (end >= rest.Length - 1)
            {
                return end == rest.Length - 1 && rest[end] == '}';
            }

            if (rest[end] != ',')
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }

        return false;
    }

    // A text, or a number that is no plain count.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadOther(ref ReadOnlySpan<byte> rest, ref int end, int place)
    {
        ReadOnlySpan<byte> value;
        if (rest is [(byte)'"', ..])
        {
            int length = rest[1..].IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0 || rest[1 + length] == '\\')
            {
                return false;
            }

            value = rest.Slice(1, length);
            end = length + 2;
        }
        else
        {
            while (end < rest.Length && rest[end] is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' or (byte)'+' or (byte)'e' or (byte)'E')
            {
                end++;
            }

            value = rest[..end];
            if (end == 0)
            {
                return false;
            }
        }

        return place < 0 || TrySet(place, value);
    }

    private bool TryReadJson(ReadOnlySpan<byte> line)
    {
        try
        {
            List<(byte[] Key, int Place)> keys = [];
            bool isGood = true;
            Utf8JsonReader reader = new(line);
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int place = -1;
                for (int i = 0; i < _columns.Length && place < 0; i++)
                {
                    place = reader.ValueTextEquals(_columns[i]) ? i : -1;
                }

                keys.Add(([(byte)'"', .. reader.ValueSpan, (byte)'"', (byte)':'], place));
                _ = reader.Read();
                if (place >= 0 && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
                {
                    isGood &= TrySet(place, reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString() ?? "") : reader.ValueSpan);
                }
                else
                {
                    reader.Skip();
                }
            }

            bool isWhole = isGood && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
            if (isWhole && keys.Count <= MostKeys && _lessons < MostLessons)
            {
                Learn(keys);
            }

            // A row of another log in the same file (_path) may lack anything.
            return isWhole;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // The keys of this row in their order, and between them those that other rows had.
    private void Learn(List<(byte[] Key, int Place)> keys)
    {
        _lessons++;
        for (int i = 0; i < _keys.Length && keys.Count < MostKeys; i++)
        {
            if (!keys.Exists(known => known.Key.AsSpan().SequenceEqual(_keys[i].Key)))
            {
                int before = i == 0 ? -1 : keys.FindIndex(known => known.Key.AsSpan().SequenceEqual(_keys[i - 1].Key));
                keys.Insert(before + 1, _keys[i]);
            }
        }

        _keys = [.. keys];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TrySet(int place, ReadOnlySpan<byte> text)
    {
        _set |= 1UL << place;
        switch (place)
        {
            case Time:
                bool isTime = LogTime.TryParse(text, out DateTime time);
                When = time;
                _isWanted &= _query.Includes(time);
                return isTime;
            case Peer:
                _isWanted &= IsWanted(text);
                return true;
            case Path:
                _isOther = !text.StartsWith(_log);
                _isWanted &= !_isOther;
                return true;
            default:
                return TrySetNumber(place, text);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsWanted(ReadOnlySpan<byte> peer)
    {
        int index = _peers.Find(peer);
        if (index < 0)
        {
            Who = Encoding.UTF8.GetString(peer);
            return _query.IncludesWorker?.Invoke(Who) ?? true;
        }

        Who = _peers[index];
        while (_isPeerWanted.Count <= index)
        {
            _isPeerWanted.Add(_query.IncludesWorker?.Invoke(_peers[_isPeerWanted.Count]) ?? true);
        }

        return _isPeerWanted[index];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TrySetNumber(int place, ReadOnlySpan<byte> text)
    {
        long number = 0;
        int at = 0;
        while (at < text.Length && (uint)(text[at] - '0') <= 9)
        {
            number = (number * 10) + text[at++] - '0';
        }

        if (at == text.Length && at is > 0 and <= 18)
        {
            _counts[place] = number;
            _values[place] = number;
            return true;
        }

        int fraction = 0;
        if (at > 0 && at < text.Length && text[at] == '.')
        {
            int point = at++;
            while (at < text.Length && (uint)(text[at] - '0') <= 9 && at < 16)
            {
                number = (number * 10) + text[at++] - '0';
            }

            fraction = at - point - 1;
        }

        double value;
        if (at == text.Length && fraction > 0 && at <= 16)
        {
            value = number / Powers[fraction];
        }
        else if (!Utf8Parser.TryParse(text, out value, out int used) || used != text.Length || !double.IsFinite(value))
        {
            return false;
        }

        _values[place] = value;
        if ((_reals >> place & 1) != 0)
        {
            return true;
        }

        // A count that a JSON writer put as 1.0 or 1e6.
        _counts[place] = (long)value;
        return value is >= 0 and < 9.2e18 && value == Math.Truncate(value);
    }
}

/// <summary>Peers that were met in the files of a log.</summary>
internal sealed class ZeekPeers
{
    /// <summary>Their names.</summary>
    public NamePool Names { get; } = new();

    /// <summary>Whether they are wanted, by their number.</summary>
    public List<bool> IsWanted { get; } = [];
}
