using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>A packet socket as the kernel lists it.</summary>
/// <param name="Inode">Number by which /proc/PID/fd knows it.</param>
/// <param name="Type">SOCK_RAW 3, SOCK_DGRAM 2.</param>
/// <param name="Protocol">Ethernet protocol that it listens to: 3 for all; 0 when it only sends.</param>
/// <param name="InterfaceIndex">Interface that it is bound to; 0 for all.</param>
/// <param name="Version">Version of its ring's format, 1 to 3.</param>
/// <param name="Flags">PDI_RUNNING and its like.</param>
/// <param name="RxRing">Its receive ring; null when it has none.</param>
/// <param name="Fanout">Number of its group in the lower 16 bits, mode in the upper; null when it is in none.</param>
/// <param name="UserId">Who made it; null when the kernel does not say.</param>
/// <param name="Memory">SK_MEMINFO_*: 0 bytes queued, 1 receive buffer, 8 drops; empty when the kernel does not say.</param>
public readonly record struct PacketSocket(
    long Inode, int Type, int Protocol, int InterfaceIndex, int Version, uint Flags, PacketRing? RxRing, uint? Fanout, int? UserId, uint[] Memory);

/// <summary>A ring of a packet socket (<c>struct packet_diag_ring</c>).</summary>
/// <param name="BlockSize">Bytes of a block.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="FrameSize">Bytes set aside for a frame; version 3 packs frames closer.</param>
/// <param name="Frames">Frames.</param>
/// <param name="RetireMilliseconds">After which a block that is not full is handed over (version 3).</param>
public readonly record struct PacketRing(long BlockSize, long Blocks, long FrameSize, long Frames, int RetireMilliseconds);

/// <summary>Asks the kernel for all packet sockets of a network namespace, without touching what their owners count.</summary>
/// <remarks>linux/packet_diag.h, net/packet/diag.c. No privilege is needed; the kernel's module packet_diag is.</remarks>
public static class PacketDiag
{
    /// <summary>Name under which <see cref="INetlinkChannel"/> knows the diagnosis of sockets.</summary>
    public const string Family = "sock_diag";

    private const byte AF_PACKET = 17;
    private const uint PACKET_SHOW_INFO = 0x01;
    private const uint PACKET_SHOW_RING_CFG = 0x04;
    private const uint PACKET_SHOW_FANOUT = 0x08;
    private const uint PACKET_SHOW_MEMINFO = 0x10;
    private const int PACKET_DIAG_INFO = 0;
    private const int PACKET_DIAG_RX_RING = 2;
    private const int PACKET_DIAG_FANOUT = 4;
    private const int PACKET_DIAG_UID = 5;
    private const int PACKET_DIAG_MEMINFO = 6;
    private const int RequestSize = 20;
    private const int MessageSize = 16;
    private const int InfoSize = 24;
    private const int RingSize = 28;

    /// <summary>All packet sockets, in the order in which they were made.</summary>
    /// <returns>ENOENT where the kernel has no packet_diag; ENODATA for a snapshot that has none.</returns>
    public static Answer<PacketSocket[]> Sockets(INetlinkChannel channel)
    {
        // struct packet_diag_req: family, protocol, pad, inode (0: all), what to show, cookie.
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        request[0] = AF_PACKET;
        MemoryMarshal.Write(request[8..], PACKET_SHOW_INFO | PACKET_SHOW_RING_CFG | PACKET_SHOW_FANOUT | PACKET_SHOW_MEMINFO);
        return channel.Request(Family, AF_PACKET, request, dump: true).Select(messages =>
            messages.Where(message => message.Length >= MessageSize && message[0] == AF_PACKET).Select(Parse).ToArray());
    }

    // struct packet_diag_msg: family, type, protocol, inode, cookie; then attributes.
    private static PacketSocket Parse(byte[] message)
    {
        ReadOnlySpan<byte> header = message;
        NetlinkAttribute[] attributes = NetlinkAttributes.Parse(message.AsMemory(MessageSize));
        ReadOnlySpan<byte> info = Payload(attributes, PACKET_DIAG_INFO, InfoSize);
        ReadOnlySpan<byte> memory = Payload(attributes, PACKET_DIAG_MEMINFO, 0);
        return new PacketSocket(
            MemoryMarshal.Read<uint>(header[4..]),
            header[1],
            MemoryMarshal.Read<ushort>(header[2..]),
            info.IsEmpty ? 0 : MemoryMarshal.Read<int>(info),
            info.IsEmpty ? 0 : MemoryMarshal.Read<int>(info[4..]) + 1,
            info.IsEmpty ? 0 : MemoryMarshal.Read<uint>(info[20..]),
            Ring(Payload(attributes, PACKET_DIAG_RX_RING, RingSize)),
            (uint?)attributes.Number(PACKET_DIAG_FANOUT),
            attributes.Int32(PACKET_DIAG_UID),
            MemoryMarshal.Cast<byte, uint>(memory).ToArray());
    }

    private static PacketRing? Ring(ReadOnlySpan<byte> ring) =>
        ring.IsEmpty || MemoryMarshal.Read<uint>(ring) == 0
            ? null
            : new PacketRing(
                MemoryMarshal.Read<uint>(ring), MemoryMarshal.Read<uint>(ring[4..]), MemoryMarshal.Read<uint>(ring[8..]), MemoryMarshal.Read<uint>(ring[12..]),
                MemoryMarshal.Read<int>(ring[16..]));

    private static ReadOnlySpan<byte> Payload(NetlinkAttribute[] attributes, int type, int least)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == type && attribute.Payload.Length >= least)
            {
                return attribute.Payload.Span;
            }
        }

        return [];
    }
}
