namespace ZeptAdmin.Linux;

/// <summary>Asks the running kernel by generic netlink, by socket diagnosis and by rtnetlink, in the network namespace of the thread that asks first.</summary>
public sealed class LiveNetlinkChannel : INetlinkChannel, IDisposable
{
    /// <summary>Longest time that one request may take.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes that one answer may have; a thousand queues take some 50 KiB.</summary>
    public const int MostBytes = 64 << 20;

    private const int NETLINK_ROUTE = 0;
    private const int NETLINK_SOCK_DIAG = 4;
    private const int NETLINK_GENERIC = 16;
    private const ushort SOCK_DIAG_BY_FAMILY = 20;
    private const ushort GENL_ID_CTRL = 0x10;
    private const byte CTRL_CMD_GETFAMILY = 3;
    private const int CTRL_ATTR_FAMILY_ID = 1;
    private const int CTRL_ATTR_FAMILY_NAME = 2;

    private readonly Lock _lock = new();
    private readonly NetlinkSocket _generic = new(NETLINK_GENERIC);
    private readonly NetlinkSocket _diagnosis = new(NETLINK_SOCK_DIAG);
    private readonly NetlinkSocket _route = new(NETLINK_ROUTE);
    private readonly Dictionary<string, ushort> _families = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Answer<byte[][]> Request(string family, byte command, ReadOnlySpan<byte> attributes, bool dump)
    {
        lock (_lock)
        {
            NetlinkSocket socket = family == PacketDiag.Family ? _diagnosis : family == RtnetlinkXdp.Family ? _route : _generic;
            if (socket.Open() is Errno refused and not Errno.None)
            {
                return Refused(refused, family, "There is no netlink socket to be had.");
            }

            if (socket == _diagnosis)
            {
                return Told(socket.Ask(SOCK_DIAG_BY_FAMILY, attributes, dump, headerLength: 0), family);
            }

            if (socket == _route)
            {
                return Told(socket.Ask(command, attributes, dump, headerLength: 0), family).Select(messages => Array.ConvertAll(messages, RtnetlinkXdp.Reduce));
            }

            Answer<ushort> id = Family(family);
            if (!id.Try(out ushort number))
            {
                return id.Refusal!;
            }

            Answer<byte[][]> answer = Ask(number, command, attributes, dump, family);
            if (answer.Refusal?.Errno == Errno.ENOENT)
            {
                // The module behind the family may have been loaded anew, under another number.
                _ = _families.Remove(family);
            }

            return answer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _generic.Dispose();
            _diagnosis.Dispose();
            _route.Dispose();
        }
    }

    private Answer<ushort> Family(string family)
    {
        if (_families.TryGetValue(family, out ushort known))
        {
            return known;
        }

        byte[] attributes = new NetlinkAttributeWriter().Add(CTRL_ATTR_FAMILY_NAME, family).ToArray();
        Answer<byte[][]> answer = Ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, attributes, dump: false, family);
        if (!answer.Try(out byte[][]? messages))
        {
            return answer.Refusal!;
        }

        foreach (byte[] message in messages)
        {
            if (NetlinkAttributes.Parse(message).Number(CTRL_ATTR_FAMILY_ID) is ulong id and > 0 and <= ushort.MaxValue)
            {
                return _families[family] = (ushort)id;
            }
        }

        return Refused(Errno.ENOENT, family, null);
    }

    private Answer<byte[][]> Ask(ushort family, byte command, ReadOnlySpan<byte> attributes, bool dump, string name) =>
        Told(_generic.Ask(family, NetlinkReply.Generic(command, attributes), dump, NetlinkReply.GENL_HDRLEN), name);

    private static Answer<byte[][]> Told((byte[][] Messages, Errno Errno, string? Detail) answer, string family) =>
        answer.Errno == Errno.None ? answer.Messages : Refused(answer.Errno, family, answer.Detail);

    private static Refusal Refused(Errno errno, string family, string? detail) => new(errno, "ask the netlink family", family)
    {
        Capability = "CAP_NET_ADMIN",
        Detail = detail,
    };
}
