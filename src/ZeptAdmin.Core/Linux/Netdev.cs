namespace ZeptAdmin.Linux;

/// <summary>Which way the packets of a queue go (<c>enum netdev_queue_type</c> of linux/netdev.h).</summary>
public enum NetdevQueueType
{
    /// <summary>Receive.</summary>
    Rx = 0,

    /// <summary>Transmit.</summary>
    Tx = 1,
}

/// <summary>A queue of an interface, as the kernel keeps it.</summary>
/// <param name="Queue">Its number among those of its type.</param>
/// <param name="Type">Receive or transmit.</param>
/// <param name="NapiId">The NAPI instance that serves it; null when its driver told the kernel none.</param>
public readonly record struct NetdevQueue(int Queue, NetdevQueueType Type, long? NapiId);

/// <summary>A NAPI instance of an interface.</summary>
/// <param name="Id">Its number, never used twice until reboot.</param>
/// <param name="Irq">The interrupt that wakes it; null when its driver told the kernel none.</param>
/// <param name="ThreadId">Process id of its kernel thread; null when it runs in the softirq.</param>
public readonly record struct NetdevNapi(long Id, int? Irq, int? ThreadId);

/// <summary>Asks the <c>netdev</c> family of generic netlink for queues and NAPI instances.</summary>
/// <remarks>
/// Since Linux 6.8. Numbers are those of include/uapi/linux/netdev.h, made from Documentation/netlink/specs/netdev.yaml; Debian 12 has
/// no such header. An interface that is down lists neither queues nor NAPI instances (net/core/netdev-genl.c).
/// </remarks>
public static class Netdev
{
    /// <summary>Name of the family.</summary>
    public const string Family = "netdev";

    internal const byte NETDEV_CMD_QUEUE_GET = 10;
    internal const byte NETDEV_CMD_NAPI_GET = 11;
    internal const int NETDEV_A_QUEUE_ID = 1;
    internal const int NETDEV_A_QUEUE_IFINDEX = 2;
    internal const int NETDEV_A_QUEUE_TYPE = 3;
    internal const int NETDEV_A_QUEUE_NAPI_ID = 4;
    internal const int NETDEV_A_NAPI_IFINDEX = 1;
    internal const int NETDEV_A_NAPI_ID = 2;
    internal const int NETDEV_A_NAPI_IRQ = 3;
    internal const int NETDEV_A_NAPI_PID = 4;

    /// <summary>Queues of the interface with this index; refused with ENOENT or EOPNOTSUPP by kernels before 6.8.</summary>
    public static Answer<NetdevQueue[]> Queues(INetlinkChannel channel, int interfaceIndex) =>
        Dump(channel, NETDEV_CMD_QUEUE_GET, NETDEV_A_QUEUE_IFINDEX, interfaceIndex).Select(messages =>
        {
            List<NetdevQueue> queues = [];
            foreach (byte[] message in messages)
            {
                NetlinkAttribute[] attributes = NetlinkAttributes.Parse(message);
                if (attributes.Int32(NETDEV_A_QUEUE_IFINDEX) == interfaceIndex
                    && attributes.Int32(NETDEV_A_QUEUE_ID) is int queue
                    && attributes.Int32(NETDEV_A_QUEUE_TYPE) is int type and (0 or 1))
                {
                    queues.Add(new NetdevQueue(queue, (NetdevQueueType)type, (long?)attributes.Number(NETDEV_A_QUEUE_NAPI_ID)));
                }
            }

            return queues.ToArray();
        });

    /// <summary>NAPI instances of the interface with this index; refused with ENOENT or EOPNOTSUPP by kernels before 6.8.</summary>
    public static Answer<NetdevNapi[]> Napis(INetlinkChannel channel, int interfaceIndex) =>
        Dump(channel, NETDEV_CMD_NAPI_GET, NETDEV_A_NAPI_IFINDEX, interfaceIndex).Select(messages =>
        {
            List<NetdevNapi> napis = [];
            foreach (byte[] message in messages)
            {
                NetlinkAttribute[] attributes = NetlinkAttributes.Parse(message);
                if (attributes.Int32(NETDEV_A_NAPI_IFINDEX) == interfaceIndex && attributes.Number(NETDEV_A_NAPI_ID) is ulong id)
                {
                    int? irq = attributes.Int32(NETDEV_A_NAPI_IRQ);
                    napis.Add(new NetdevNapi((long)id, irq is > 0 ? irq : null, attributes.Int32(NETDEV_A_NAPI_PID)));
                }
            }

            return napis.ToArray();
        });

    private static Answer<byte[][]> Dump(INetlinkChannel channel, byte command, int attribute, int interfaceIndex) =>
        channel.Request(Family, command, new NetlinkAttributeWriter().Add(attribute, (uint)interfaceIndex).ToArray(), dump: true);
}
