using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs;

internal sealed partial class ZeekRow
{
    private byte _separator = (byte)'\t';
    private byte[] _unset = "-"u8.ToArray();
    private int[] _places = [];

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
}
