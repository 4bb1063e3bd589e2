using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;

namespace ZeptAdmin.Rss;

/// <summary>The Toeplitz hash of receive side scaling, for one key.</summary>
/// <remarks>
/// <para>For each set bit of the input, the 32 bits of the key that start at the bit's position are added without carry. Bits count from the
/// highest of the first byte. Source: Microsoft, "RSS Hashing Functions"; the kernel's rss_toeplitz tests (tools/testing/selftests/net/toeplitz.c).</para>
/// <para>Three forms give the same number: the definition, tables of a byte each, and products without carry where the CPU has them.
/// <see cref="Create"/> takes the fastest of this machine.</para>
/// </remarks>
public abstract class ToeplitzHash
{
    /// <summary>Bytes of a key that an input of that many bytes needs: the last bit looks at 32 bits of it.</summary>
    public static int KeyBytesFor(int inputBytes) => inputBytes + 4;

    /// <summary>Makes the fastest form of this machine.</summary>
    /// <param name="key">The card's key; bits behind its end count as zero, as a card's register does.</param>
    /// <param name="mostInputBytes">Longest input to come: 36 for both addresses and ports of IPv6.</param>
    public static ToeplitzHash Create(ReadOnlySpan<byte> key, int mostInputBytes = RssInput.MostBytes) =>
        Pclmulqdq.IsSupported ? new CarrylessToeplitz(key, mostInputBytes) : new TableToeplitz(key, mostInputBytes);

    /// <summary>The hash of an input.</summary>
    /// <param name="input">Addresses and ports in network byte order; see <see cref="RssInput"/>.</param>
    public abstract uint Compute(ReadOnlySpan<byte> input);

    /// <summary>The hash of an input of three words, such as addresses and ports of IPv4: what most packets need, with no detour by bytes.</summary>
    /// <param name="first">The first four bytes of the input, the first of them the highest.</param>
    /// <param name="second">The next four.</param>
    /// <param name="third">The last four.</param>
    public abstract uint Compute(uint first, uint second, uint third);

    /// <summary>The hash by its definition, bit by bit: slow, and what the other forms are held against.</summary>
    public static uint Define(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        uint hash = 0;
        for (int position = 0; position < input.Length; position++)
        {
            // The 40 bits of the key that the eight bits of this byte look at.
            ulong window = ((ulong)Window(key, position * 8) << 32) | Window(key, (position * 8) + 32);
            for (int bit = 0; bit < 8; bit++)
            {
                if ((input[position] & (0x80 >> bit)) != 0)
                {
                    hash ^= (uint)(window << bit >> 32);
                }
            }
        }

        return hash;
    }

    /// <summary>32 bits of a key from a bit on; zeros behind its end.</summary>
    internal static uint Window(ReadOnlySpan<byte> key, int bit)
    {
        Span<byte> bytes = stackalloc byte[8];
        int first = Math.Min(bit / 8, key.Length);
        key[first..Math.Min(first + 5, key.Length)].CopyTo(bytes);
        return (uint)(BinaryPrimitives.ReadUInt64BigEndian(bytes) << (bit % 8) >> 32);
    }
}
