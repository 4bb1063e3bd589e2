using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>XDP programs of an interface, by number; 0 for none.</summary>
/// <param name="Attached">XDP_ATTACHED_*: 0 none, 1 the driver, 2 the kernel behind it (skb), 3 the card, 4 several.</param>
/// <param name="Driver">Number of the driver's program.</param>
/// <param name="Generic">Number of the program behind the driver.</param>
/// <param name="Card">Number of the card's program.</param>
public readonly record struct LinkXdp(int Attached, long Driver, long Generic, long Card);

/// <summary>Asks rtnetlink which XDP programs an interface has.</summary>
/// <remarks>
/// linux/rtnetlink.h, linux/if_link.h (IFLA_XDP); net/core/rtnetlink.c, rtnl_xdp_fill. No privilege is needed. An answer has the address and the alias of
/// the interface, too; <see cref="LiveNetlinkChannel"/> leaves them out, so that no snapshot has them.
/// </remarks>
public static class RtnetlinkXdp
{
    /// <summary>Name under which <see cref="INetlinkChannel"/> knows rtnetlink's links.</summary>
    public const string Family = "rtnetlink";

    internal const byte RTM_GETLINK = 18;
    internal const int HeaderLength = 16;
    internal const int IFLA_XDP = 43;
    private const int IFLA_XDP_ATTACHED = 2;
    private const int IFLA_XDP_PROG_ID = 4;
    private const int IFLA_XDP_DRV_PROG_ID = 5;
    private const int IFLA_XDP_SKB_PROG_ID = 6;
    private const int IFLA_XDP_HW_PROG_ID = 7;
    private const int XDP_ATTACHED_DRV = 1;
    private const int XDP_ATTACHED_SKB = 2;
    private const int XDP_ATTACHED_HW = 3;

    /// <summary>Programs of the interface with this index.</summary>
    public static Answer<LinkXdp> Get(INetlinkChannel channel, int interfaceIndex)
    {
        // struct ifinfomsg: family, pad, type, index, flags, change.
        Span<byte> request = stackalloc byte[HeaderLength];
        request.Clear();
        MemoryMarshal.Write(request[4..], interfaceIndex);
        return channel.Request(Family, RTM_GETLINK, request, dump: false).Select(messages => messages.Select(Parse).FirstOrDefault());
    }

    /// <summary>A message with nothing but what is asked here.</summary>
    internal static byte[] Reduce(byte[] message)
    {
        if (message.Length < HeaderLength)
        {
            return [];
        }

        NetlinkAttributeWriter kept = new();
        foreach (NetlinkAttribute attribute in NetlinkAttributes.Parse(message.AsMemory(HeaderLength)))
        {
            if (attribute.Type == IFLA_XDP)
            {
                _ = kept.Add(IFLA_XDP | NetlinkAttributes.NLA_F_NESTED, attribute.Payload.Span);
            }
        }

        return [.. message.AsSpan(0, HeaderLength), .. kept.ToArray()];
    }

    private static LinkXdp Parse(byte[] message)
    {
        NetlinkAttribute[] attributes = message.Length < HeaderLength ? [] : NetlinkAttributes.Parse(message.AsMemory(HeaderLength));
        NetlinkAttribute[] xdp = Array.Find(attributes, attribute => attribute.Type == IFLA_XDP) is { Payload.IsEmpty: false } nest ? nest.Nested : [];
        int attached = xdp.Int32(IFLA_XDP_ATTACHED) ?? 0;
        long id = (long)(xdp.Number(IFLA_XDP_PROG_ID) ?? 0);

        // Kernels before 4.18 have one number for whichever it is.
        return new LinkXdp(
            attached,
            (long?)xdp.Number(IFLA_XDP_DRV_PROG_ID) ?? (attached == XDP_ATTACHED_DRV ? id : 0),
            (long?)xdp.Number(IFLA_XDP_SKB_PROG_ID) ?? (attached == XDP_ATTACHED_SKB ? id : 0),
            (long?)xdp.Number(IFLA_XDP_HW_PROG_ID) ?? (attached == XDP_ATTACHED_HW ? id : 0));
    }
}
