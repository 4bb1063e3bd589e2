using System.Buffers.Binary;

namespace ZeptAdmin.Rss;

/// <summary>Toeplitz by tables: for each byte of the input, what its 256 values add. 1 KiB of table a byte of input.</summary>
internal sealed class TableToeplitz : ToeplitzHash
{
    private readonly uint[] _table;

    internal TableToeplitz(ReadOnlySpan<byte> key, int mostInputBytes)
    {
        _table = new uint[mostInputBytes * 256];
        for (int position = 0; position < mostInputBytes; position++)
        {
            Span<uint> row = _table.AsSpan(position * 256, 256);
            for (int bit = 0; bit < 8; bit++)
            {
                row[0x80 >> bit] = Window(key, (position * 8) + bit);
            }

            // A value adds what its lowest bit adds, and what the rest of it adds.
            for (int value = 1; value < 256; value++)
            {
                int lowest = value & -value;
                row[value] = row[lowest] ^ row[value ^ lowest];
            }
        }
    }

    public override uint Compute(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<uint> table = _table.AsSpan(0, input.Length * 256);
        uint hash = 0;
        for (int position = 0; position < input.Length; position++)
        {
            hash ^= table[(position << 8) | input[position]];
        }

        return hash;
    }

    public override uint Compute(uint first, uint second, uint third)
    {
        Span<byte> input = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(input, first);
        BinaryPrimitives.WriteUInt32BigEndian(input[4..], second);
        BinaryPrimitives.WriteUInt32BigEndian(input[8..], third);
        return Compute(input);
    }
}
