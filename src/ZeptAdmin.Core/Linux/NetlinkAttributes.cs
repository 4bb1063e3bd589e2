using System.Runtime.InteropServices;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>One attribute of a netlink message (<c>struct nlattr</c> of linux/netlink.h).</summary>
/// <param name="Type">Its number, without the flags for nested and for byte order.</param>
/// <param name="Payload">What it holds, without header and padding.</param>
public readonly record struct NetlinkAttribute(int Type, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The payload as an unsigned number of 1, 2, 4 or 8 bytes in native byte order; null when it has another size.</summary>
    /// <remarks>The kernel's nla_put_uint chooses 4 or 8 bytes by the value, so a reader must take either.</remarks>
    public ulong? Number => Payload.Length switch
    {
        1 => Payload.Span[0],
        2 => MemoryMarshal.Read<ushort>(Payload.Span),
        4 => MemoryMarshal.Read<uint>(Payload.Span),
        8 => MemoryMarshal.Read<ulong>(Payload.Span),
        _ => null,
    };

    /// <summary>The payload as text without the zero at its end.</summary>
    public string Text
    {
        get
        {
            ReadOnlySpan<byte> bytes = Payload.Span;
            int end = bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }
    }

    /// <summary>The attributes inside a nest.</summary>
    public NetlinkAttribute[] Nested => NetlinkAttributes.Parse(Payload);
}

/// <summary>Takes a run of netlink attributes apart.</summary>
public static class NetlinkAttributes
{
    internal const int NLA_HDRLEN = 4;
    internal const ushort NLA_F_NESTED = 0x8000;
    internal const ushort NLA_TYPE_MASK = 0x3fff;

    /// <summary>The attributes, in order; ends at the first that does not fit, as the kernel's own loop (nla_ok) does.</summary>
    public static NetlinkAttribute[] Parse(ReadOnlyMemory<byte> bytes)
    {
        List<NetlinkAttribute> attributes = [];
        while (bytes.Length >= NLA_HDRLEN)
        {
            int length = MemoryMarshal.Read<ushort>(bytes.Span);
            if (length < NLA_HDRLEN || length > bytes.Length)
            {
                break;
            }

            int type = MemoryMarshal.Read<ushort>(bytes.Span[2..]) & NLA_TYPE_MASK;
            attributes.Add(new NetlinkAttribute(type, bytes[NLA_HDRLEN..length]));
            bytes = bytes[Math.Min(Align(length), bytes.Length)..];
        }

        return [.. attributes];
    }

    /// <summary>The number in the attribute of a type; null when it is absent.</summary>
    public static ulong? Number(this NetlinkAttribute[] attributes, int type)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == type)
            {
                return attribute.Number;
            }
        }

        return null;
    }

    /// <summary>The number in the attribute of a type where it fits a signed 32-bit number; null when it does not or is absent.</summary>
    public static int? Int32(this NetlinkAttribute[] attributes, int type) =>
        attributes.Number(type) is ulong and <= int.MaxValue and ulong number ? (int)number : null;

    /// <summary>NLA_ALIGN and NLMSG_ALIGN: up to a multiple of four.</summary>
    internal static int Align(int length) => (length + 3) & ~3;
}

/// <summary>Puts netlink attributes together.</summary>
public sealed class NetlinkAttributeWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>Adds a 32-bit number.</summary>
    public NetlinkAttributeWriter Add(int type, uint number)
    {
        Span<byte> payload = stackalloc byte[4];
        MemoryMarshal.Write(payload, number);
        return Add(type, payload);
    }

    /// <summary>Adds text, with the zero that the kernel expects behind it.</summary>
    public NetlinkAttributeWriter Add(int type, string text) => Add(type, Encoding.UTF8.GetBytes(text + "\0"));

    /// <summary>Adds a nest of attributes.</summary>
    public NetlinkAttributeWriter Add(int type, NetlinkAttributeWriter nest) => Add(type | NetlinkAttributes.NLA_F_NESTED, nest.ToArray());

    /// <summary>Adds bytes as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The payload does not fit the 16-bit length.</exception>
    public NetlinkAttributeWriter Add(int type, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, ushort.MaxValue - NetlinkAttributes.NLA_HDRLEN, nameof(payload));
        Span<byte> header = stackalloc byte[NetlinkAttributes.NLA_HDRLEN];
        MemoryMarshal.Write(header, (ushort)(NetlinkAttributes.NLA_HDRLEN + payload.Length));
        MemoryMarshal.Write(header[2..], (ushort)type);
        _bytes.AddRange(header);
        _bytes.AddRange(payload);
        while (_bytes.Count % 4 != 0)
        {
            _bytes.Add(0);
        }

        return this;
    }

    /// <summary>The bytes of all attributes so far.</summary>
    public byte[] ToArray() => [.. _bytes];
}
