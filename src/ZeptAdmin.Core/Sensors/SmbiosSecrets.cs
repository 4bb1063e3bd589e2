using System.Text;

namespace ZeptAdmin.Sensors;

/// <summary>Replaces serial numbers, asset tags and UUIDs in SMBIOS structures; lengths stay, so that all offsets hold.</summary>
/// <remarks>DMTF DSP0134: a structure is type, length, handle and data of that length, then strings that end in zero, then a zero.</remarks>
internal static class SmbiosSecrets
{
    private const int HeadLength = 4;
    private const int UuidOffset = 8;
    private const int UuidLength = 16;
    private const byte EndOfTable = 127;
    private const byte FirstOfVendor = 128;

    /// <summary>Replaces them in place.</summary>
    public static void Replace(Span<byte> table, Pseudonyms pseudonyms)
    {
        while (table.Length >= HeadLength && table[1] >= HeadLength && table[1] <= table.Length)
        {
            byte type = table[0];
            Span<byte> data = table[..table[1]];
            Span<byte> strings = table[table[1]..];
            int length = LengthOfStrings(strings);
            Replace(type, data, strings[..length], pseudonyms);
            table = strings[length..];
            if (type == EndOfTable)
            {
                return;
            }
        }
    }

    private static void Replace(byte type, Span<byte> data, Span<byte> strings, Pseudonyms pseudonyms)
    {
        if (type == 1 && data.Length >= UuidOffset + UuidLength && data.Slice(UuidOffset, UuidLength).ContainsAnyExcept((byte)0, (byte)0xff))
        {
            string uuid = pseudonyms.Uuid(new Guid(data.Slice(UuidOffset, UuidLength)).ToString());
            _ = Guid.Parse(uuid).TryWriteBytes(data.Slice(UuidOffset, UuidLength));
        }

        // Where a vendor, or the buyer, writes what it likes: all of it goes. 42 has the address of the management controller.
        if (type is 11 or 12 or 42 or >= FirstOfVendor)
        {
            if (type is 42 or >= FirstOfVendor)
            {
                data[HeadLength..].Clear();
            }

            Blank(strings);
            return;
        }

        foreach (int offset in SecretStrings(type))
        {
            if (offset < data.Length && data[offset] > 0)
            {
                ReplaceString(strings, data[offset], pseudonyms);
            }
        }
    }

    // Offsets of the numbers of strings with a serial number or an asset tag.
    private static int[] SecretStrings(byte type) => type switch
    {
        1 => [0x07],
        2 or 3 => [0x07, 0x08],
        4 => [0x20, 0x21],
        17 => [0x18, 0x19],
        22 => [0x07],
        39 => [0x08, 0x09],
        _ => [],
    };

    private static int LengthOfStrings(ReadOnlySpan<byte> strings)
    {
        int end = strings.IndexOf("\0\0"u8);
        return end < 0 ? strings.Length : end + 2;
    }

    private static void ReplaceString(Span<byte> strings, int number, Pseudonyms pseudonyms)
    {
        for (int i = 1; !strings.IsEmpty && strings[0] != 0; i++)
        {
            int end = strings.IndexOf((byte)0);
            Span<byte> text = end < 0 ? strings : strings[..end];
            if (i == number)
            {
                _ = Encoding.Latin1.GetBytes(pseudonyms.Serial(Encoding.Latin1.GetString(text)), text);
                return;
            }

            strings = end < 0 ? [] : strings[(end + 1)..];
        }
    }

    private static void Blank(Span<byte> strings)
    {
        foreach (ref byte letter in strings)
        {
            letter = letter == 0 ? (byte)0 : (byte)'x';
        }
    }
}
