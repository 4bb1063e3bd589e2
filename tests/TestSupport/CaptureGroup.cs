using System.Globalization;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Tests;

/// <summary>A fanout group of packet sockets, as Zeek and Suricata open one, of which nobody reads.</summary>
internal sealed unsafe partial class CaptureGroup : IDisposable
{
    private const int AF_PACKET = 17;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SO_RCVBUF = 8;
    private const int SOL_PACKET = 263;
    private const int PACKET_STATISTICS = 6;
    private const int PACKET_RX_RING = 5;
    private const int PACKET_VERSION = 10;
    private const int PACKET_FANOUT = 18;
    private const int TPACKET_V2 = 1;
    private const int TPACKET_V3 = 2;
    private const int PROT_READ_WRITE = 3;
    private const int MAP_SHARED = 1;
    private const int BlockBytes = 1 << 16;
    private readonly int[] _sockets;
    private readonly nint[] _rings;
    private readonly nuint _ringBytes;
    private long _packets;
    private long _dropped;

    /// <summary>Opens the sockets and joins them, in order.</summary>
    /// <param name="interfaceName">Interface of the thread's network namespace.</param>
    /// <param name="members">How many.</param>
    /// <param name="mode">PACKET_FANOUT_*: 0 by hash.</param>
    /// <param name="id">Number of the group.</param>
    /// <param name="receiveBuffer">SO_RCVBUF, which the kernel doubles; null leaves the default.</param>
    /// <param name="ringBlocks">Blocks of 64 KiB of a ring, which is mapped as programs do; 0 for none.</param>
    /// <param name="ringVersion">Version of the ring's form, 2 or 3.</param>
    /// <param name="joining">Order in which the sockets join, by the order in which they are made; null for the same.</param>
    public CaptureGroup(
        string interfaceName, int members, int mode = 0, int id = 23, int? receiveBuffer = null, int ringBlocks = 0, int ringVersion = 3, int[]? joining = null)
    {
        int index = int.Parse(File.ReadAllText($"/sys/class/net/{interfaceName}/ifindex"), CultureInfo.InvariantCulture);
        _sockets = new int[members];
        _rings = new nint[members];
        _ringBytes = (nuint)(ringBlocks * BlockBytes);
        byte* address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = AF_PACKET;
        address[3] = 3; // ETH_P_ALL in network order
        *(int*)(address + 4) = index;
        int group = id | (mode << 16);

        // struct tpacket_req3: block size, blocks, frame size, frames, timeout, private, features.
        uint* ring = stackalloc uint[7] { 1 << 16, (uint)ringBlocks, 2048, 32 * (uint)ringBlocks, 10, 0, 0 };
        for (int i = 0; i < members; i++)
        {
            _sockets[i] = Socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
            Check(_sockets[i]);
            if (receiveBuffer is int bytes)
            {
                Check(SetSocketOption(_sockets[i], SOL_SOCKET, SO_RCVBUF, &bytes, 4));
            }

            if (ringBlocks > 0)
            {
                int version = ringVersion == 3 ? TPACKET_V3 : TPACKET_V2;
                Check(SetSocketOption(_sockets[i], SOL_PACKET, PACKET_VERSION, &version, 4));

                Check(SetSocketOption(_sockets[i], SOL_PACKET, PACKET_RX_RING, ring, ringVersion == 3 ? 28 : 16));
                _rings[i] = Map(0, _ringBytes, PROT_READ_WRITE, MAP_SHARED, _sockets[i], 0);
                Check(_rings[i] == -1 ? -1 : 0);
            }

            Check(Bind(_sockets[i], address, 20));
        }

        foreach (int i in joining ?? [.. Enumerable.Range(0, members)])
        {
            Check(SetSocketOption(_sockets[i], SOL_PACKET, PACKET_FANOUT, &group, 4));
        }
    }

    /// <summary>What the kernel counted for all members since the last call: packets, dropped ones included, and dropped ones.</summary>
    public (long Packets, long Dropped) TakeStatistics()
    {
        Count();
        (long, long) taken = (_packets, _dropped);
        (_packets, _dropped) = (0, 0);
        return taken;
    }

    /// <summary>Waits until so many packets, dropped ones included, have come since the statistics were last taken.</summary>
    public void WaitFor(long packets) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                Count();
                return _packets >= packets;
            },
            TimeSpan.FromMinutes(2)),
        $"{_packets} packets of {packets} came");

    private void Count()
    {
        uint* statistics = stackalloc uint[3];
        foreach (int socket in _sockets)
        {
            int length = 12;
            Check(GetSocketOption(socket, SOL_PACKET, PACKET_STATISTICS, statistics, &length));
            _packets += statistics[0];
            _dropped += statistics[1];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint ring in _rings.Where(ring => ring > 0))
        {
            _ = Unmap(ring, _ringBytes);
        }

        Array.ForEach(_sockets, socket => _ = Close(socket));
    }

    private static void Check(int result) => Assert.True(result >= 0, $"error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int descriptor, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int descriptor, int level, int name, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
