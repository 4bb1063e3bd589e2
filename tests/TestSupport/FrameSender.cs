using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Tests;

/// <summary>Sends Ethernet frames into an interface of the thread's network namespace, and chooses the transmit queue where the kernel has XPS.</summary>
internal sealed unsafe partial class FrameSender : IDisposable
{
    private const int AF_PACKET = 17;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int ENOBUFS = 105;
    private const int MostTries = 10_000;

    private readonly string _interface;
    private readonly int _socket;

    /// <summary>Opens a packet socket.</summary>
    public FrameSender(string interfaceName)
    {
        _interface = interfaceName;
        _socket = Socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        Assert.True(_socket >= 0, $"packet socket: error {Marshal.GetLastPInvokeError()}");
        byte* address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = AF_PACKET;
        *(int*)(address + 4) = int.Parse(File.ReadAllText($"/sys/class/net/{interfaceName}/ifindex"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Bind(_socket, address, 20) == 0, $"bind: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Sends one frame; again where it was dropped on its way into the interface, since a busy machine's backlog has no room for a while.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        for (int i = 1; !TrySend(frame); i++)
        {
            Assert.True(i < MostTries, $"send: error {ENOBUFS}");
            Thread.Sleep(1);
        }
    }

    /// <summary>Sends one frame; false when it was dropped on its way into the interface.</summary>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            bool isSent = Send(_socket, bytes, (nuint)frame.Length, 0) == frame.Length;
            Assert.True(isSent || Marshal.GetLastPInvokeError() == ENOBUFS, $"send: error {Marshal.GetLastPInvokeError()}");
            return isSent;
        }
    }

    /// <summary>Sends all frames to come by one transmit queue, whatever the CPU; null leaves it to the hash of the flow, which is one for both directions.</summary>
    public void ChooseQueue(int? queue)
    {
        foreach (string folder in Directory.GetDirectories($"/sys/class/net/{_interface}/queues", "tx-*"))
        {
            string path = Path.Combine(folder, "xps_cpus");
            Assert.SkipUnless(File.Exists(path), "this kernel has no XPS");
            bool isChosen = queue is int number && folder.EndsWith($"/tx-{number}", StringComparison.Ordinal);

            // Masks have one word of 32 bits for each 32 CPUs; zeros in front may be left out.
            string all = File.ReadAllText("/sys/devices/system/cpu/possible").Trim().Split('-', ',')[^1];
            int cpus = int.Parse(all, System.Globalization.CultureInfo.InvariantCulture) + 1;
            string mask = string.Join(',', Enumerable.Range(0, (cpus + 31) / 32).Reverse().Select(word => Math.Min(32, cpus - (word * 32))).Select(bits => ((1UL << bits) - 1).ToString("x", System.Globalization.CultureInfo.InvariantCulture)));
            File.WriteAllText(path, isChosen ? mask : "0");
        }
    }

    /// <summary>A frame of UDP over IPv4 with some payload, from one host and port to another or back.</summary>
    public static byte[] Udp(int flow, bool isReturn)
    {
        byte[] frame = new byte[64];
        frame.AsSpan(0, 6).Fill(0xff);
        frame[6] = 2;
        frame[12] = 8;
        frame[14] = 0x45;
        frame[17] = 50;
        frame[22] = 64;
        frame[23] = 17;
        Span<byte> source = frame.AsSpan(isReturn ? 30 : 26);
        source[0] = 10;
        source[2] = (byte)(flow >> 8);
        source[3] = (byte)flow;
        Span<byte> destination = frame.AsSpan(isReturn ? 26 : 30);
        destination[0] = 192;
        destination[2] = 2;
        destination[3] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(isReturn ? 36 : 34), (ushort)(1024 + flow));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(isReturn ? 34 : 36), 53);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), 30);
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_socket);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
