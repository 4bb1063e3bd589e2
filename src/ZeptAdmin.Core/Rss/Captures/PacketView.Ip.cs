using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Rss.Captures;

internal static partial class PacketView
{
    // Returns where the payload starts, -1 when it is no IPv4; end is where the datagram or the capture ends.
    private static int ReadIp4(ReadOnlySpan<byte> ip, ref FlowKey key, out int end)
    {
        end = ip.Length;
        if (ip.Length < 20)
        {
            return NoIp;
        }

        int header = (ip[0] & 15) * 4;
        if ((ip[0] >> 4) != 4 || header < 20)
        {
            return NoIp;
        }

        // Total length 0: a packet that the sender's card was to cut (TSO). What is padding is not looked at.
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (header > ip.Length || (total != 0 && total < header))
        {
            return NoIp;
        }

        end = total == 0 ? ip.Length : Math.Min(total, ip.Length);
        int fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF;
        ref byte start = ref MemoryMarshal.GetReference(ip);
        key.SourceLow = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 12));
        key.DestinationLow = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 16));
        key.Protocol = ip[9];
        key.Shape = fragment == 0 ? FlowKey.Ip4
            : (fragment & 0x1FFF) == 0 ? (byte)(FlowKey.Ip4 | FlowKey.FirstFragment)
            : (byte)(FlowKey.Ip4 | FlowKey.LaterFragment);
        return ReadPorts(ip, header, end, ref key);
    }

    private static int ReadIp6(ReadOnlySpan<byte> ip, ref FlowKey key, out int end)
    {
        end = ip.Length;
        if (ip.Length < 40)
        {
            return NoIp;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        end = length == 0 ? ip.Length : Math.Min(40 + length, ip.Length);
        ref byte start = ref MemoryMarshal.GetReference(ip);
        key.SourceHigh = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 8));
        key.SourceLow = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 16));
        key.DestinationHigh = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 24));
        key.DestinationLow = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, 32));
        key.Shape = FlowKey.Ip6;
        int next = ip[6];
        int position = 40;
        while (next is 0 or 43 or 44 or 60 && end - position >= 8)
        {
            ReadOnlySpan<byte> extension = ip[position..end];
            if (next == 44)
            {
                int offset = BinaryPrimitives.ReadUInt16BigEndian(extension[2..]) >> 3;
                key.Shape = (byte)(FlowKey.Ip6 | (offset == 0 ? FlowKey.FirstFragment : FlowKey.LaterFragment));
                position += 8;
                next = extension[0];
                if (offset != 0)
                {
                    break;
                }

                continue;
            }

            next = extension[0];
            position += (extension[1] + 1) * 8;
        }

        key.Protocol = (byte)next;
        return ReadPorts(ip, position, end, ref key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadPorts(ReadOnlySpan<byte> ip, int payload, int end, ref FlowKey key)
    {
        if (payload > end)
        {
            // The header says that it is longer than the packet: addresses can be told, what follows cannot.
            return end;
        }

        if (key.Protocol is 6 or 17 or 132 && (key.Shape & FlowKey.LaterFragment) == 0 && end - payload >= 4)
        {
            key.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(ip[payload..]);
            key.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(ip[(payload + 2)..]);
            key.Shape |= FlowKey.Ports;
        }

        return payload;
    }
}
