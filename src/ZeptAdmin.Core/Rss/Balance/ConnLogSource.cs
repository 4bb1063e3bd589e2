using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
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

    private static readonly string[] Columns =
        ["id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"];

    private readonly Stream _content;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private byte _separator = (byte)'\t';

    // Place in Columns of each column of a TSV file, -1 for the others; empty before a #fields line.
    private int[] _places = [];
    private long _lines;
    private long _rows;
    private long _unreadable;
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

            Row row = default;
            bool isRow;
            if (line[0] == '#')
            {
                ReadHeader(line);
                continue;
            }

            isRow = line[0] == '{' ? TryReadJson(line, ref row) : TryReadTsv(line, ref row);
            if (isRow && row.TryAdd(meter))
            {
                _rows++;
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
            _places = [.. text.Split((char)_separator)[1..].Select(name => Array.IndexOf(Columns, name))];
        }
    }

    private bool TryReadTsv(ReadOnlySpan<byte> line, ref Row row)
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

    private static bool TryReadJson(ReadOnlySpan<byte> line, ref Row row)
    {
        try
        {
            Utf8JsonReader reader = new(line);
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int place = PlaceOf(reader.ValueSpan);
                _ = reader.Read();
                if (place >= 0 && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
                {
                    if (!row.TrySet(place, reader.ValueSpan))
                    {
                        return false;
                    }
                }
                else
                {
                    reader.Skip();
                }
            }

            return reader.TokenType == JsonTokenType.EndObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int PlaceOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 => name.SequenceEqual("proto"u8) ? 4 : -1,
        9 => name.SequenceEqual("id.orig_h"u8) ? 0
            : name.SequenceEqual("id.orig_p"u8) ? 1
            : name.SequenceEqual("id.resp_h"u8) ? 2
            : name.SequenceEqual("id.resp_p"u8) ? 3
            : name.SequenceEqual("orig_pkts"u8) ? 5
            : name.SequenceEqual("resp_pkts"u8) ? 7 : -1,
        13 => name.SequenceEqual("orig_ip_bytes"u8) ? 6 : name.SequenceEqual("resp_ip_bytes"u8) ? 8 : -1,
        _ => -1,
    };

    /// <summary>What a row says.</summary>
    private ref struct Row
    {
        private FlowKey _key;
        private int _set;
        private bool _isIcmp;
        private long _packets;
        private long _bytes;
        private long _returnPackets;
        private long _returnBytes;

        public bool TrySet(int place, ReadOnlySpan<byte> value)
        {
            if (place >= 5 && value is [(byte)'-'])
            {
                return true;
            }

            _set |= 1 << place;
            switch (place)
            {
                case 0:
                    return TryParseAddress(value, ref _key, ref _key.SourceHigh, ref _key.SourceLow);
                case 2:
                    return TryParseAddress(value, ref _key, ref _key.DestinationHigh, ref _key.DestinationLow);
                case 1:
                    return TryParse(value, out _key.SourcePort);
                case 3:
                    return TryParse(value, out _key.DestinationPort);
                case 4:
                    _key.Protocol = value.SequenceEqual("tcp"u8) ? (byte)6 : value.SequenceEqual("udp"u8) ? (byte)17 : value.SequenceEqual("sctp"u8) ? (byte)132 : (byte)0;
                    _isIcmp = value.SequenceEqual("icmp"u8);
                    return true;
                case 5:
                    return TryParse(value, out _packets);
                case 6:
                    return TryParse(value, out _bytes);
                case 7:
                    return TryParse(value, out _returnPackets);
                default:
                    return TryParse(value, out _returnBytes);
            }
        }

        public readonly bool TryAdd(BalanceMeter meter)
        {
            const int identity = 0b1_1111;
            FlowKey key = _key;
            if ((_set & identity) != identity || (key.Shape is not (FlowKey.Ip4 or FlowKey.Ip6)))
            {
                return false;
            }

            if (_isIcmp)
            {
                // The ports of an ICMP row are type and code.
                key.Protocol = key.Shape == FlowKey.Ip4 ? (byte)1 : (byte)58;
            }

            if (key.Protocol is 6 or 17 or 132)
            {
                key.Shape |= FlowKey.Ports;
            }
            else
            {
                key.SourcePort = key.DestinationPort = 0;
            }

            long packets = _packets == 0 && _returnPackets == 0 ? 1 : _packets;
            if (packets > 0)
            {
                meter.Add(key, packets, _bytes);
            }

            if (_returnPackets > 0)
            {
                meter.Add(key.Reversed(), _returnPackets, _returnBytes);
            }

            return true;
        }

        private static bool TryParse(ReadOnlySpan<byte> value, out ushort number) =>
            Utf8Parser.TryParse(value, out number, out int used) && used == value.Length;

        private static bool TryParse(ReadOnlySpan<byte> value, out long number) =>
            Utf8Parser.TryParse(value, out number, out int used) && used == value.Length && number >= 0;

        // Both addresses must be of one kind.
        private static bool TryParseAddress(ReadOnlySpan<byte> value, ref FlowKey key, ref ulong high, ref ulong low)
        {
            if (TryParseIp4(value, out uint address))
            {
                low = address;
                key.Shape |= FlowKey.Ip4;
                return true;
            }

            Span<char> text = stackalloc char[64];
            Span<byte> bytes = stackalloc byte[16];
            if (value.Length > text.Length
                || !System.Net.IPAddress.TryParse(text[..Encoding.Latin1.GetChars(value, text)], out System.Net.IPAddress? parsed)
                || !parsed.TryWriteBytes(bytes, out int written)
                || written != 16)
            {
                return false;
            }

            high = BitConverter.ToUInt64(bytes);
            low = BitConverter.ToUInt64(bytes[8..]);
            key.Shape |= FlowKey.Ip6;
            return true;
        }

        // a.b.c.d, as it stands in memory when it is read from the wire.
        private static bool TryParseIp4(ReadOnlySpan<byte> value, out uint address)
        {
            address = 0;
            uint part = 0;
            int digits = 0;
            int shift = 0;
            foreach (byte c in value)
            {
                if (c == '.' && digits > 0 && shift < 24)
                {
                    address |= part << shift;
                    shift += 8;
                    part = 0;
                    digits = 0;
                }
                else if (c is >= (byte)'0' and <= (byte)'9' && digits < 3)
                {
                    part = (part * 10) + c - '0';
                    digits++;
                }
                else
                {
                    return false;
                }
            }

            address |= part << shift;
            return shift == 24 && digits > 0 && part < 256;
        }
    }
}
