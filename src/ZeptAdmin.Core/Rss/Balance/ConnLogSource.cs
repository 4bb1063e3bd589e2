using System.Globalization;
using System.Text;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Zeek's conn.log, TSV or JSON: a row is a flow, weighed by the packets and the IP bytes of each direction.</summary>
/// <remarks>
/// docs.zeek.org, base/protocols/conn/main.zeek: orig_pkts, orig_ip_bytes, resp_pkts, resp_ip_bytes. A row without packet counts weighs one
/// packet of the originator. Rows cannot tell fragments and tunnels.
/// </remarks>
internal sealed class ConnLogSource : TrafficSource
{
    private const int FirstBuffer = 256 * 1024;

    // A row is a few hundred bytes; what is longer than this is none.
    private const int MostLine = 1024 * 1024;

    private readonly Stream _content;
    private readonly ConnLogJson _json = new();
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private byte _separator = (byte)'\t';

    // Place in the row of each column of a TSV file, -1 for the others; empty before a #fields line.
    private int[] _places = [];
    private long _lines;
    private long _rows;
    private long _unreadable;
    private long _uncounted;
    private long _unweighed;
    private string? _problem;

    /// <summary>Reads a log.</summary>
    public ConnLogSource(CaptureFile file, string path)
        : base(file, path) => _content = file.Content;

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings
    {
        get
        {
            if (_unreadable > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"'{Path}': {_unreadable} of {_unreadable + _rows} rows are no rows of a conn.log and were left out.");
            }

            if (_uncounted > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"'{Path}': {_uncounted} of {_rows} rows have no orig_pkts and resp_pkts; each counts as one packet of the originator.");
            }

            if (_unweighed > _uncounted)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"'{Path}': {_unweighed} of {_rows} rows have no orig_ip_bytes and resp_ip_bytes; they count with their packets and without bytes.");
            }

            if (_problem is not null)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"'{Path}' is damaged or cut short: {_problem}. The {_rows} rows before it are counted.");
            }
        }
    }

    /// <inheritdoc/>
    public override bool AddTo(BalanceMeter meter, int most)
    {
        for (int i = 0; i < most; i++)
        {
            if (!TryReadLine(out ReadOnlySpan<byte> line))
            {
                return false;
            }

            if (line.Length == 0)
            {
                continue;
            }

            ConnLogRow row = default;
            bool isRow;
            if (line[0] == '#')
            {
                ReadHeader(line);
                continue;
            }

            isRow = line[0] == '{' ? _json.TryRead(line, ref row) : TryReadTsv(line, ref row);
            if (isRow && row.TryAdd(meter))
            {
                _rows++;
                _uncounted += row.HasPackets ? 0 : 1;
                _unweighed += row.HasBytes ? 0 : 1;
            }
            else
            {
                _unreadable++;
            }
        }

        return true;
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        int searched = _start;
        while (true)
        {
            int found = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = _buffer.AsSpan(_start, searched + found - _start).TrimEnd((byte)'\r');
                _start = searched + found + 1;
                _lines++;
                return true;
            }

            if (_isAtEnd || _end - _start >= MostLine)
            {
                // The last line may lack its end; a row that was cut off is told by what it lacks.
                line = _isAtEnd ? _buffer.AsSpan(_start, _end - _start) : [];
                _problem ??= _isAtEnd ? null : string.Create(CultureInfo.InvariantCulture, $"line {_lines + 1} has more than {MostLine} bytes");
                _start = _end;
                _isAtEnd = true;
                return line.Length > 0;
            }

            searched = Fill();
        }
    }

    // Reads on; returns where the new bytes start.
    private int Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MostLine));
        }

        int before = _end;
        try
        {
            int read = _content.Read(_buffer.AsSpan(_end));
            _end += read;
            _isAtEnd = read == 0;
        }
        catch (Exception e) when (CaptureFile.IsDamage(e))
        {
            _problem = string.Create(CultureInfo.InvariantCulture, $"it cannot be read on behind line {_lines}: {e.Message}");
            _isAtEnd = true;
        }

        return before;
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        string text = Encoding.UTF8.GetString(line);
        if (text.StartsWith("#separator ", StringComparison.Ordinal)
            && text.Length == 15
            && byte.TryParse(text.AsSpan(13), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte separator))
        {
            _separator = separator;
        }
        else if (text.StartsWith("#fields", StringComparison.Ordinal))
        {
            _places = [.. text.Split((char)_separator)[1..].Select(name => ConnLogRow.PlaceOf(Encoding.UTF8.GetBytes(name)))];
        }
    }

    private bool TryReadTsv(ReadOnlySpan<byte> line, ref ConnLogRow row)
    {
        for (int column = 0; column < _places.Length; column++)
        {
            int end = line.IndexOf(_separator);
            ReadOnlySpan<byte> value = end < 0 ? line : line[..end];
            if (_places[column] >= 0 && !row.TrySet(_places[column], value))
            {
                return false;
            }

            if (end < 0)
            {
                return column == _places.Length - 1;
            }

            line = line[(end + 1)..];
        }

        return false;
    }
}
