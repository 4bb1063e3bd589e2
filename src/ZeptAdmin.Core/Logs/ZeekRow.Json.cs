using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace ZeptAdmin.Logs;

internal sealed partial class ZeekRow
{
    private const int MostKeys = 256;
    private const int MostLessons = 32;

    private (byte[] Key, int Place)[] _keys = [];
    private int _lessons;

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
}
