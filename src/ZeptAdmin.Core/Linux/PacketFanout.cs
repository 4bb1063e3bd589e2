using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>
/// A fanout group of packet sockets of its own on one interface, by queue mapping: what a queue received comes to one socket, and of each packet
/// the headers only.
/// </summary>
/// <remarks>
/// <para>
/// FANOUT_QM gives a packet to member (queue mapping modulo members), in the order of joining (net/packet/af_packet.c fanout_demux_qm). With one
/// member more than there are queues nothing wraps around: member 0 gets packets without a recorded queue, member q + 1 those of queue q. Each
/// member's filter lets its own value through only, so that a packet that is not of its queue is never counted for it.
/// </para>
/// <para>
/// The kernel chooses the number of the group (PACKET_FANOUT_FLAG_UNIQUEID), so it is nobody else's. Packets are shared with other sockets, not
/// taken from them. Members are closed by a filter until all have joined, so that no packet is seen while the group is incomplete.
/// </para>
/// </remarks>
internal sealed unsafe partial class PacketFanout : IDisposable
{
    /// <summary>Most members of a group: PACKET_FANOUT_MAX before Linux 5.15.</summary>
    public const int MostMembers = 256;

    private const int AF_PACKET = 17;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SO_RCVBUF = 8;
    private const int SO_ATTACH_FILTER = 26;
    private const int SO_RCVBUFFORCE = 33;
    private const int SOL_PACKET = 263;
    private const int PACKET_ADD_MEMBERSHIP = 1;
    private const int PACKET_STATISTICS = 6;
    private const int PACKET_FANOUT = 18;
    private const int PACKET_IGNORE_OUTGOING = 23;
    private const int PACKET_MR_PROMISC = 1;
    private const int PACKET_FANOUT_QM = 5;
    private const int PACKET_FANOUT_FLAG_UNIQUEID = 0x2000;
    private const ushort ETH_P_ALL = 0x0003;
    private const int MSG_DONTWAIT = 0x40;
    private const int Batch = 64;
    private const int Slot = PacketFilter.MostBytes;
    private const int MostBuffer = 64 << 20;
    private const int LeastBuffer = 1 << 20;

    private readonly int[] _sockets;
    private readonly byte[] _frames = GC.AllocateArray<byte>(Batch * Slot, pinned: true);
    private readonly IoVector[] _vectors = GC.AllocateArray<IoVector>(Batch, pinned: true);
    private readonly MultipleMessageHeader[] _messages = GC.AllocateArray<MultipleMessageHeader>(Batch, pinned: true);
    private readonly PollDescriptor[] _polled;

    private PacketFanout(int[] sockets, int groupId)
    {
        _sockets = sockets;
        GroupId = groupId;
        _polled = [.. sockets.Select(socket => new PollDescriptor(socket))];
        for (int i = 0; i < Batch; i++)
        {
            _vectors[i] = new IoVector { Base = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_frames, i * Slot), Length = Slot };
            _messages[i].Header = new MessageHeader { Vectors = (IoVector*)Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, i), VectorCount = 1 };
        }
    }

    /// <summary>Number of the group, which the kernel chose.</summary>
    public int GroupId { get; }

    /// <summary>Members of the group.</summary>
    public int Members => _sockets.Length;

    /// <summary>Makes the group; it is closed until <see cref="Start"/>.</summary>
    /// <param name="interfaceName">Interface, for messages.</param>
    /// <param name="interfaceIndex">Its index.</param>
    /// <param name="members">One more than the interface has receive queues.</param>
    /// <param name="isPromiscuous">True asks the card for frames that are addressed to others, for as long as the group is open.</param>
    /// <param name="room">Bytes of a member's buffer; null for as much as headers need that are to be read. What finds no room is counted all the same.</param>
    public static Answer<PacketFanout> Open(string interfaceName, int interfaceIndex, int members, bool isPromiscuous, int? room = null)
    {
        int[] sockets = new int[members];
        Array.Fill(sockets, -1);
        int groupId = 0;
        for (int i = 0; i < members; i++)
        {
            (string step, Errno errno) = Join(ref sockets[i], interfaceIndex, i == 0, ref groupId, room ?? Math.Max(LeastBuffer, MostBuffer / members), isPromiscuous && i == 0);
            if (errno != Errno.None)
            {
                CloseAll(sockets);
                return new Refusal(errno, step, interfaceName) { Capability = "CAP_NET_RAW" };
            }
        }

        return new PacketFanout(sockets, groupId);
    }

    /// <summary>Lets headers of packets in, and begins to count.</summary>
    public Errno Start()
    {
        for (int i = 0; i < _sockets.Length; i++)
        {
            Errno errno = SetFilter(_sockets[i], PacketFilter.Headers(i));
            if (errno != Errno.None)
            {
                return errno;
            }
        }

        return Errno.None;
    }

    /// <summary>Waits until a member has packets; false when none has after the time.</summary>
    public bool Wait(TimeSpan most) => PollDescriptor.Wait(_polled, (int)most.TotalMilliseconds);

    /// <summary>True when the interface went down, or away, since the start (af_packet.c: packet_notifier tells it to each socket once).</summary>
    public bool HasGoneDown { get; private set; }

    /// <summary>True when a member had packets at the last <see cref="Wait"/>.</summary>
    public bool IsReady(int member) => _polled[member].Returned != 0;

    /// <summary>Takes packets of a member, as many as there are, up to a batch.</summary>
    /// <returns>How many; <see cref="Frame"/> has them until the next call.</returns>
    public int Receive(int member)
    {
        fixed (MultipleMessageHeader* messages = _messages)
        {
            int count = ReceiveMessages(_sockets[member], messages, Batch, MSG_DONTWAIT, null);
            HasGoneDown |= count < 0 && LastErrno() == Errno.ENETDOWN;
            return Math.Max(0, count);
        }
    }

    /// <summary>What was kept of a packet of the last batch.</summary>
    public ReadOnlySpan<byte> Frame(int index) => _frames.AsSpan(index * Slot, (int)Math.Min(_messages[index].Length, Slot));

    /// <summary>Packets that a member was given since the last time, and of those, packets that found its buffer full.</summary>
    public (long Packets, long Dropped) TakeStatistics(int member)
    {
        uint* statistics = stackalloc uint[2];
        int length = 2 * sizeof(uint);
        return GetSocketOption(_sockets[member], SOL_PACKET, PACKET_STATISTICS, statistics, &length) < 0 ? default : (statistics[0], statistics[1]);
    }

    /// <inheritdoc/>
    public void Dispose() => CloseAll(_sockets);

    private static (string Step, Errno Errno) Join(ref int socket, int interfaceIndex, bool isFirst, ref int groupId, int room, bool isPromiscuous)
    {
        socket = Socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (socket < 0)
        {
            return ("open a packet socket", LastErrno());
        }

        // Outgoing packets are no queue's; a kernel before 4.20 cannot keep them back, and the filter does.
        _ = SetOption(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
        if (SetOption(socket, SOL_SOCKET, SO_RCVBUFFORCE, room) != Errno.None)
        {
            _ = SetOption(socket, SOL_SOCKET, SO_RCVBUF, room);
        }

        Errno errno = SetFilter(socket, PacketFilter.Closed);
        if (errno != Errno.None)
        {
            return ("attach a filter to a packet socket", errno);
        }

        LinkAddress address = new() { Family = AF_PACKET, Protocol = BitConverter.IsLittleEndian ? (ushort)(ETH_P_ALL << 8) : ETH_P_ALL, Index = interfaceIndex };
        if (Bind(socket, &address, sizeof(LinkAddress)) < 0)
        {
            return ("bind a packet socket", LastErrno());
        }

        int group = isFirst ? (PACKET_FANOUT_QM | PACKET_FANOUT_FLAG_UNIQUEID) << 16 : groupId | (PACKET_FANOUT_QM << 16);
        errno = SetOption(socket, SOL_PACKET, PACKET_FANOUT, group);
        if (errno != Errno.None)
        {
            return ("make a fanout group", errno);
        }

        if (isFirst)
        {
            int length = sizeof(int);
            if (GetSocketOption(socket, SOL_PACKET, PACKET_FANOUT, &group, &length) < 0)
            {
                return ("ask for the number of the fanout group", LastErrno());
            }

            groupId = group & 0xffff;
        }

        if (isPromiscuous)
        {
            Membership membership = new() { Index = interfaceIndex, Type = PACKET_MR_PROMISC };
            if (SetSocketOption(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof(Membership)) < 0)
            {
                return ("ask for promiscuous mode", LastErrno());
            }
        }

        return ("", Errno.None);
    }

    private static Errno SetFilter(int socket, BpfInstruction[] filter)
    {
        fixed (BpfInstruction* instructions = filter)
        {
            FilterProgram program = new() { Length = (ushort)filter.Length, Instructions = instructions };
            return SetSocketOption(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(FilterProgram)) < 0 ? LastErrno() : Errno.None;
        }
    }

    private static Errno SetOption(int socket, int level, int name, int value) =>
        SetSocketOption(socket, level, name, &value, sizeof(int)) < 0 ? LastErrno() : Errno.None;

    private static void CloseAll(int[] sockets)
    {
        for (int i = 0; i < sockets.Length; i++)
        {
            if (sockets[i] >= 0)
            {
                _ = Close(sockets[i]);
                sockets[i] = -1;
            }
        }
    }

    private static Errno LastErrno() => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int descriptor, LinkAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int descriptor, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int descriptor, int level, int name, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMessages(int descriptor, MultipleMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    /// <summary><c>struct sockaddr_ll</c> of linux/if_packet.h.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct LinkAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    /// <summary><c>struct packet_mreq</c> of linux/if_packet.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Membership
    {
        public int Index;
        public ushort Type;
        public ushort Length;
        public ulong Address;
    }

    /// <summary><c>struct sock_fprog</c> of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public BpfInstruction* Instructions;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c> of linux/socket.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public uint Flags;
    }

    /// <summary><c>struct mmsghdr</c> of linux/socket.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MultipleMessageHeader
    {
        public MessageHeader Header;
        public uint Length;
    }
}
