using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs;

/// <summary>Reads rows of a Zeek log, TSV or JSON, into numbers; nothing is allocated for a row.</summary>
/// <remarks>
/// Zeek's writer: src/logging/writers/ascii/Ascii.cc, src/threading/formatters/{Ascii,JSON}.cc. A JSON row is first read along the keys of the
/// rows before it, in their order, which costs a comparison a key; what does not fit is read by the general reader, which learns it.
/// </remarks>
internal sealed partial class ZeekRow
{
    private const int Time = 0;
    private const int Peer = 1;
    private const int Path = 2;

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
