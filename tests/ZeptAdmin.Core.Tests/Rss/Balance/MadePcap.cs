using System.Buffers.Binary;

namespace ZeptAdmin.Tests.Rss.Balance;

/// <summary>Captures whose packets are of all kinds, the same for the same numbers.</summary>
internal static class MadePcap
{
    // Ethernet, IPv4; TCP and UDP of some 2000 flows in both directions, a fragment, a VLAN tag, VXLAN and what is no IP now and then.
    public static byte[] Packet(int number)
    {
        Random random = new(number);
        byte[] frame = new byte[random.Next(64, 700)];
        int flow = random.Next(8) < 5 ? random.Next(20) : random.Next(2000);
        bool isBack = random.Next(2) == 0;
        int start = random.Next(10) == 0 ? 4 : 0;
        if (start > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x8100);
        }

        Span<byte> rest = frame.AsSpan(12 + start);
        BinaryPrimitives.WriteUInt16BigEndian(rest, random.Next(50) == 0 ? (ushort)0x0806 : (ushort)0x0800);
        rest[2] = 0x45;
        rest[8] = (byte)(random.Next(40) == 0 ? 0x20 : 0);
        rest[11] = flow % 3 == 0 ? (byte)17 : (byte)6;
        uint source = 0x0A01_0000 | (uint)flow;
        uint destination = 0x0A02_0000 | (uint)(flow * 7 % 1000);
        BinaryPrimitives.WriteUInt32BigEndian(rest[14..], isBack ? destination : source);
        BinaryPrimitives.WriteUInt32BigEndian(rest[18..], isBack ? source : destination);
        BinaryPrimitives.WriteUInt16BigEndian(rest[22..], isBack ? (ushort)443 : (ushort)(1024 + flow));
        BinaryPrimitives.WriteUInt16BigEndian(rest[24..], isBack ? (ushort)(1024 + flow) : flow % 30 == 0 ? (ushort)4789 : (ushort)443);
        return frame;
    }

    public static byte[] Pcap(int packets, int seed) =>
        [.. Words(0xA1B2C3D4, 0, 0, 0, 65535, 1), .. Enumerable.Range(0, packets).SelectMany(i => Record(Packet(i + (seed * 1_000_000))))];

    public static byte[] Record(byte[] frame) => [.. Words(0, 0, (uint)frame.Length, (uint)frame.Length + 4), .. frame];

    public static byte[] Words(params uint[] words)
    {
        byte[] bytes = new byte[4 * words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        }

        return bytes;
    }
}
