using System.Buffers.Binary;

namespace ZeptAdmin.Rss.Captures;

/// <summary>Where a packet of a pcap file seems to begin, in bytes from anywhere in the file.</summary>
/// <remarks>
/// A guess: payload can look like packets (a capture that is sent over the network). So the heads of packets must follow one another for longer
/// than any packet is, and whoever takes the guess checks it against where the packets before it end.
/// </remarks>
internal static class RecordGuess
{
    // The longest packet that is usual, and the most that one captures.
    private const int Chain = 64 * 1024;
    private const int MostCaptured = 256 * 1024;
    private const int FewestPackets = 8;
    private const uint Fractions = 1_000_000_000;
    private const uint Day = 24 * 60 * 60;

    /// <summary>Finds the first place.</summary>
    /// <param name="bytes">Bytes of the file.</param>
    /// <param name="header">Bytes of the head of a packet.</param>
    /// <param name="isBigEndian">Order of the file.</param>
    /// <returns>The place; -1 when there is none.</returns>
    public static int Find(ReadOnlySpan<byte> bytes, int header, bool isBigEndian)
    {
        // Heads of chains that broke off: another chain that comes to one of them breaks off too.
        HashSet<int> broken = [];
        for (int place = 0; place < bytes.Length; place++)
        {
            int packets = CountChain(bytes, place, header, isBigEndian, broken);
            if (packets == 0)
            {
                continue;
            }

            // Where all packets are alike, the heads seem to be some bytes before them too, with lengths times 256: then there are fewer.
            int best = place;
            for (int next = place + 1; next < place + sizeof(uint); next++)
            {
                int others = CountChain(bytes, next, header, isBigEndian, broken: []);
                (best, packets) = others > packets ? (next, others) : (best, packets);
            }

            return best;
        }

        return -1;
    }

    // Packets that follow one another from a place on; 0 when they break off.
    private static int CountChain(ReadOnlySpan<byte> bytes, int start, int header, bool isBigEndian, HashSet<int> broken)
    {
        uint before = 0;
        int packets = 0;
        for (int place = start; (place < start + Chain || packets < FewestPackets) && place + header <= bytes.Length; packets++)
        {
            ReadOnlySpan<byte> head = bytes[place..];
            uint seconds = Word(head, isBigEndian);
            uint captured = Word(head[8..], isBigEndian);
            uint length = Word(head[12..], isBigEndian);
            bool isNear = packets == 0 || seconds - before <= Day || before - seconds <= Day;
            if (!isNear || Word(head[4..], isBigEndian) >= Fractions || length == 0 || captured > Math.Min(length, MostCaptured) || !broken.Add(place))
            {
                return 0;
            }

            before = seconds;
            place += header + (int)captured;
        }

        return packets < FewestPackets ? 0 : packets;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
