using System.Buffers;
using System.Text.Json;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Reads rows of a conn.log in JSON.</summary>
/// <remarks>
/// Zeek writes the same names in nearly the same order in each row, without white space, and hardly ever an escape or a list. Such rows are read in
/// one pass, by the names of the rows before; all else is left to the reader of System.Text.Json, which alone may say that a row is none.
/// </remarks>
internal sealed class ConnLogJson
{
    private const int MostColumns = 64;
    private const int MostName = 64;

    private static readonly SearchValues<byte> EndsOrBends = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(code => (byte)code)]);

    // By column: what stands before its value, from the brace or comma to the colon, and the place of the value in a row.
    private readonly (byte[] Text, int Place)[] _expected = new (byte[], int)[MostColumns];
    private int _columns;

    /// <summary>Reads a row; false when it is none.</summary>
    public bool TryRead(ReadOnlySpan<byte> line, ref ConnLogRow row)
    {
        if (TryReadQuickly(line, ref row))
        {
            return true;
        }

        row = default;
        return TryReadSlowly(line, ref row);
    }

    /// <summary>Reads a row of the usual form; false says nothing, and leaves half a row.</summary>
    internal bool TryReadQuickly(ReadOnlySpan<byte> line, ref ConnLogRow row)
    {
        int at = 0;
        for (int column = 0; ; column++)
        {
            if (!TryReadName(line, ref at, column, out int place) || at >= line.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> rest = line[at..];
            ReadOnlySpan<byte> value = [];
            int length;
            if (rest[0] == '"')
            {
                int end = rest[1..].IndexOfAny(EndsOrBends);
                if (end < 0 || rest[1 + end] != '"')
                {
                    return false;
                }

                value = rest.Slice(1, end);
                length = end + 2;
            }
            else if (char.IsAsciiDigit((char)rest[0]))
            {
                length = NumberLength(rest);
                value = rest[..length];
            }
            else
            {
                length = rest.StartsWith("true"u8) || rest.StartsWith("null"u8) ? 4 : rest.StartsWith("false"u8) ? 5 : 0;
                place = -1;
            }

            at += length;
            if (length == 0 || at >= line.Length || (place >= 0 && !row.TrySet(place, value)))
            {
                return false;
            }

            if (line[at] != ',')
            {
                return line[at] == '}' && at == line.Length - 1;
            }
        }
    }

    /// <summary>Reads a row of any form; false when it is none.</summary>
    internal static bool TryReadSlowly(ReadOnlySpan<byte> line, ref ConnLogRow row)
    {
        try
        {
            Utf8JsonReader reader = new(line);
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int place = ConnLogRow.PlaceOf(reader.ValueSpan);
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

    // Steps behind the colon of the next name.
    private bool TryReadName(ReadOnlySpan<byte> line, ref int at, int column, out int place)
    {
        if (column < _columns && line[at..].StartsWith(_expected[column].Text))
        {
            at += _expected[column].Text.Length;
            place = _expected[column].Place;
            return true;
        }

        place = -1;
        ReadOnlySpan<byte> rest = line[at..];
        if (column == MostColumns || rest.Length < 2 || rest[0] != (column == 0 ? '{' : ',') || rest[1] != '"')
        {
            return false;
        }

        int end = rest[2..].IndexOfAny(EndsOrBends);
        if (end is < 0 or > MostName || rest[2 + end] != '"' || rest.Length <= end + 3 || rest[end + 3] != ':')
        {
            return false;
        }

        place = ConnLogRow.PlaceOf(rest.Slice(2, end));
        _expected[column] = (rest[..(end + 4)].ToArray(), place);
        _columns = Math.Max(_columns, column + 1);
        at += end + 4;
        return true;
    }

    // Digits, and digits behind a point; 0 for what JSON does not allow. What else there is in numbers is not for the quick way.
    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        int whole = Digits(text);
        if (text[0] == '0' && whole > 1)
        {
            return 0;
        }

        if (whole == text.Length || text[whole] != '.')
        {
            return whole;
        }

        int part = Digits(text[(whole + 1)..]);
        return part == 0 ? 0 : whole + 1 + part;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        int count = 0;
        while (count < text.Length && (uint)(text[count] - '0') <= 9)
        {
            count++;
        }

        return count;
    }
}
