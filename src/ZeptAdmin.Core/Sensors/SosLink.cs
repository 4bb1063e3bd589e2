using System.Globalization;
using System.Runtime.InteropServices;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Speed, duplex and modes of the text of plain <c>ethtool</c>.</summary>
internal static class SosLink
{
    private const int Words = 4;
    private const int Head = 48;

    /// <summary>Writes struct ethtool_link_settings: the first question, with 0 words, is answered by how many there are, negated.</summary>
    public static void Put(SosText text, Span<byte> target)
    {
        const int WordsOffset = 15;
        bool asksForSize = (sbyte)target[WordsOffset] != Words;
        target[4..].Clear();
        target[WordsOffset] = unchecked((byte)(asksForSize ? -Words : Words));
        if (asksForSize || target.Length < Head + (3 * Words * 4))
        {
            return;
        }

        string speed = text.Value("Speed") ?? "";
        uint mbps = uint.TryParse(speed.Replace("Mb/s", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out uint known) ? known : uint.MaxValue;
        MemoryMarshal.Write(target[4..], mbps);
        target[8] = text.Value("Duplex") switch { "Full" => 1, "Half" => 0, _ => 0xff };
        target[9] = text.Value("Port") switch { "Twisted Pair" => 0, "AUI" => 1, "MII" => 2, "FIBRE" => 3, "BNC" => 4, "Direct Attach Copper" => 5, "None" => 0xef, _ => 0xff };
        target[11] = (byte)text.Number("Auto-negotiation", yes: "on");
        PutModes(text.Modes("Supported link modes"), target[Head..]);
        PutModes(text.Modes("Advertised link modes"), target[(Head + (Words * 4))..]);
    }

    private static void PutModes(string[] modes, Span<byte> target)
    {
        for (int bit = 0; bit < Words * 32; bit++)
        {
            if (Array.IndexOf(modes, EthtoolLinkModes.Name(bit)) >= 0)
            {
                target[bit / 8] |= (byte)(1 << (bit % 8));
            }
        }
    }
}
