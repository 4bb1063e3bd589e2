using System.Numerics;

namespace ZeptAdmin.Suricata;

/// <summary>What a ring takes, as Suricata reckons it.</summary>
/// <remarks>
/// source-af-packet.c: AFPComputeRingParamsV3, AFPComputeRingParams and AFPComputeRingParamsWithBlockSize; util-ioctl.c: GetIfaceMaxPacketSize. The same in
/// 7.0, 8.0 and 9 (main of August 2026).
/// </remarks>
internal static class SuricataRing
{
    /// <summary>block-size where the file does not say: 32 pages.</summary>
    public const int DefaultBlockBytes = 131_072;

    /// <summary>max-pending-packets where the file does not say.</summary>
    public const int DefaultPendingPackets = 1024;

    /// <summary>Largest packet that the kernel may put together (MAX_PACKET_SIZE of decode.h, rounded up to a block).</summary>
    public const int LargestDefragmented = 65_536;

    private const int LargestBlockBytes = 4_194_304;

    // GetIfaceMaxHWHeaderLength compares the whole name with "eth", so that all real names get the longest header: SLL and two tags.
    private const int LongestHeader = 16 + 8;
    private const int DefragmentedSnapLength = 9216;
    private const int EthernetHeader = 14;
    private const int AddressBytes = 20; // struct sockaddr_ll
    private const int HeaderOf2 = 32; // sizeof(struct tpacket_hdr) on 64 bit
    private const int HeaderOf3 = 48; // sizeof(struct tpacket3_hdr)

    /// <summary>Bytes that are reckoned for a packet.</summary>
    /// <param name="tpacket">Form of the ring: 2 or 3.</param>
    /// <param name="mtu">MTU of the interface.</param>
    /// <param name="isDefragmented">Whether the kernel puts fragments together; rings of form 2 then keep room for 9216 bytes.</param>
    /// <param name="packetBytes">default-packet-size of the file; 0 when it does not say.</param>
    public static int FrameBytes(int tpacket, int mtu, bool isDefragmented, int packetBytes = 0)
    {
        int snapLength = packetBytes > 0 ? packetBytes : tpacket == 2 && isDefragmented ? DefragmentedSnapLength : mtu + LongestHeader;
        return Align(snapLength + Align(Align(tpacket == 2 ? HeaderOf2 : HeaderOf3) + AddressBytes + EthernetHeader) - EthernetHeader);
    }

    /// <summary>Bytes of one thread's ring; 0 when a packet does not fit into a block, with which Suricata does not start.</summary>
    public static long RingBytes(long ringSize, long blockBytes, int frameBytes)
    {
        long perBlock = blockBytes / frameBytes;
        return perBlock == 0 ? 0 : ((ringSize / perBlock) + 1) * blockBytes;
    }

    /// <summary>ring-size for as many whole blocks.</summary>
    public static long RingSize(long blocks, long blockBytes, int frameBytes) => Math.Max(1, (blocks - 1) * (blockBytes / frameBytes));

    /// <summary>
    /// A block that fills in about the time after which an open one is handed over (block-timeout, 10 ms), so that neither many small ones nor a few
    /// half empty ones come: a power of two from 128 KiB to 4 MiB.
    /// </summary>
    public static int BlockFor(double bytesPerSecond)
    {
        double full = bytesPerSecond * 0.010;
        return full <= DefaultBlockBytes ? DefaultBlockBytes : 1 << BitOperations.Log2((uint)Math.Min(full, LargestBlockBytes));
    }

    private static int Align(int bytes) => (bytes + 15) & ~15;
}
