using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ZeptAdmin.Rss;

/// <summary>Toeplitz by products without carry (PCLMULQDQ): one multiplication for 32 bits of input.</summary>
/// <remarks>
/// With X(z) = sum of x_j z^(31-j) for the bits x_j of a word of input, and W(z) = sum of w_m z^m for the 64 bits w_m of the key from that
/// word on, the coefficient of z^(31+r) in X W is the sum of x_j w_(j+r): bit r of the hash. The products of all words are
/// added before the 32 bits are cut out and, since W holds the key backwards, turned around once.
/// </remarks>
internal sealed class CarrylessToeplitz : ToeplitzHash
{
    private readonly ulong[] _windows;

    internal CarrylessToeplitz(ReadOnlySpan<byte> key, int mostInputBytes)
    {
        _windows = new ulong[(mostInputBytes + 3) / 4];
        for (int word = 0; word < _windows.Length; word++)
        {
            ulong window = ((ulong)Window(key, word * 32) << 32) | Window(key, (word * 32) + 32);
            _windows[word] = Reverse(window);
        }
    }

    public override uint Compute(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<ulong> windows = _windows;
        Vector128<ulong> sum = Vector128<ulong>.Zero;
        int word = 0;
        for (; input.Length >= 4; input = input[4..], word++)
        {
            sum ^= Multiply(BinaryPrimitives.ReadUInt32BigEndian(input), windows[word]);
        }

        if (input.Length > 0)
        {
            sum ^= Multiply(Partial(input), windows[word]);
        }

        return Cut(sum);
    }

    public override uint Compute(uint first, uint second, uint third)
    {
        ReadOnlySpan<ulong> windows = _windows.AsSpan(0, 3);
        return Cut(Multiply(first, windows[0]) ^ Multiply(second, windows[1]) ^ Multiply(third, windows[2]));
    }

    // Bits 31..62 of the sum, bit r of the hash at 31 + r.
    private static uint Cut(Vector128<ulong> sum) => (uint)(Reverse(sum.ToScalar() >> 31) >> 32);

    // A word of which the input has only the first bytes; no field of a packet ends so.
    private static uint Partial(ReadOnlySpan<byte> rest)
    {
        uint word = 0;
        for (int i = 0; i < rest.Length; i++)
        {
            word |= (uint)rest[i] << (24 - (8 * i));
        }

        return word;
    }

    private static Vector128<ulong> Multiply(uint input, ulong window) =>
        Pclmulqdq.CarrylessMultiply(Vector128.CreateScalarUnsafe((ulong)input), Vector128.CreateScalarUnsafe(window), 0);

    private static ulong Reverse(ulong bits)
    {
        bits = ((bits >> 1) & 0x5555555555555555) | ((bits & 0x5555555555555555) << 1);
        bits = ((bits >> 2) & 0x3333333333333333) | ((bits & 0x3333333333333333) << 2);
        bits = ((bits >> 4) & 0x0f0f0f0f0f0f0f0f) | ((bits & 0x0f0f0f0f0f0f0f0f) << 4);
        return BinaryPrimitives.ReverseEndianness(bits);
    }
}
