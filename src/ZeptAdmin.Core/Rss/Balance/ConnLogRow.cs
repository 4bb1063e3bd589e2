using System.Buffers.Text;
using System.Text;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>What a row of a conn.log says of a flow.</summary>
internal struct ConnLogRow
{
    // No flow has so many packets or bytes: what a log claims must not make the sums of many rows overflow.
    private const long Most = 1L << 48;

    private FlowKey _key;
    private int _set;
    private bool _isIcmp;
    private long _packets;
    private long _bytes;
    private long _returnPackets;
    private long _returnBytes;

    /// <summary>True when it says how many packets there were, in one direction at least.</summary>
    public readonly bool HasPackets => (_set & 0b1010_0000) != 0;

    /// <summary>True when it says how many bytes there were, in one direction at least.</summary>
    public readonly bool HasBytes => (_set & 0b1_0100_0000) != 0;

    /// <summary>Place of a column in a row, by its name; -1 for those that are not read.</summary>
    public static int PlaceOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 => name.SequenceEqual("proto"u8) ? 4 : -1,
        9 => name.SequenceEqual("id.orig_h"u8) ? 0
            : name.SequenceEqual("id.orig_p"u8) ? 1
            : name.SequenceEqual("id.resp_h"u8) ? 2
            : name.SequenceEqual("id.resp_p"u8) ? 3
            : name.SequenceEqual("orig_pkts"u8) ? 5
            : name.SequenceEqual("resp_pkts"u8) ? 7 : -1,
        13 => name.SequenceEqual("orig_ip_bytes"u8) ? 6 : name.SequenceEqual("resp_ip_bytes"u8) ? 8 : -1,
        _ => -1,
    };

    /// <summary>Takes a value; false when it cannot be one of that column.</summary>
    public bool TrySet(int place, ReadOnlySpan<byte> value)
    {
        if (place >= 5 && value is [(byte)'-'])
        {
            return true;
        }

        _set |= 1 << place;
        switch (place)
        {
            case 0:
                return TryParseAddress(value, ref _key, ref _key.SourceHigh, ref _key.SourceLow);
            case 2:
                return TryParseAddress(value, ref _key, ref _key.DestinationHigh, ref _key.DestinationLow);
            case 1:
                return TryParse(value, out _key.SourcePort);
            case 3:
                return TryParse(value, out _key.DestinationPort);
            case 4:
                _key.Protocol = Ascii.EqualsIgnoreCase(value, "tcp"u8) ? (byte)6
                    : Ascii.EqualsIgnoreCase(value, "udp"u8) ? (byte)17
                    : Ascii.EqualsIgnoreCase(value, "sctp"u8) ? (byte)132 : (byte)0;
                _isIcmp = Ascii.EqualsIgnoreCase(value, "icmp"u8);
                return true;
            case 5:
                return TryParse(value, out _packets);
            case 6:
                return TryParse(value, out _bytes);
            case 7:
                return TryParse(value, out _returnPackets);
            default:
                return TryParse(value, out _returnBytes);
        }
    }

    /// <summary>Counts the flow; false when it is none.</summary>
    public readonly bool TryAdd(BalanceMeter meter)
    {
        const int identity = 0b1_1111;
        FlowKey key = _key;
        if ((_set & identity) != identity || (key.Shape is not (FlowKey.Ip4 or FlowKey.Ip6)))
        {
            return false;
        }

        if (_isIcmp)
        {
            // The ports of an ICMP row are type and code.
            key.Protocol = key.Shape == FlowKey.Ip4 ? (byte)1 : (byte)58;
        }

        if (key.Protocol is 6 or 17 or 132)
        {
            key.Shape |= FlowKey.Ports;
        }
        else
        {
            key.SourcePort = key.DestinationPort = 0;
        }

        long packets = _packets == 0 && _returnPackets == 0 ? 1 : _packets;
        if (packets > 0)
        {
            meter.Add(key, packets, _bytes);
        }

        if (_returnPackets > 0)
        {
            meter.Add(key.Reversed(), _returnPackets, _returnBytes);
        }

        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> value, out ushort number) =>
        Utf8Parser.TryParse(value, out number, out int used) && used == value.Length;

    private static bool TryParse(ReadOnlySpan<byte> value, out long number) =>
        Utf8Parser.TryParse(value, out number, out int used) && used == value.Length && number is >= 0 and <= Most;

    // Both addresses must be of one kind.
    private static bool TryParseAddress(ReadOnlySpan<byte> value, ref FlowKey key, ref ulong high, ref ulong low)
    {
        if (TryParseIp4(value, out uint address))
        {
            low = address;
            key.Shape |= FlowKey.Ip4;
            return true;
        }

        Span<char> text = stackalloc char[64];
        Span<byte> bytes = stackalloc byte[16];
        if (value.Length > text.Length
            || !System.Net.IPAddress.TryParse(text[..Encoding.Latin1.GetChars(value, text)], out System.Net.IPAddress? parsed)
            || !parsed.TryWriteBytes(bytes, out int written)
            || written != 16)
        {
            return false;
        }

        high = BitConverter.ToUInt64(bytes);
        low = BitConverter.ToUInt64(bytes[8..]);
        key.Shape |= FlowKey.Ip6;
        return true;
    }

    // a.b.c.d, as it stands in memory when it is read from the wire.
    private static bool TryParseIp4(ReadOnlySpan<byte> value, out uint address)
    {
        address = 0;
        uint part = 0;
        int digits = 0;
        int shift = 0;
        foreach (byte c in value)
        {
            if (c == '.' && digits > 0 && shift < 24)
            {
                address |= part << shift;
                shift += 8;
                part = 0;
                digits = 0;
            }
            else if (c is >= (byte)'0' and <= (byte)'9' && digits < 3)
            {
                part = (part * 10) + c - '0';
                digits++;
            }
            else
            {
                return false;
            }
        }

        address |= part << shift;
        return shift == 24 && digits > 0 && part < 256;
    }
}
