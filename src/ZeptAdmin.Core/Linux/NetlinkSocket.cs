using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>A netlink socket of one protocol, in the network namespace of the thread that opens it.</summary>
/// <remarks>
/// One request at a time. Nothing hangs: a request ends after <see cref="LiveNetlinkChannel.LongestWait"/>, whatever the kernel or another
/// process sends, and after <see cref="LiveNetlinkChannel.MostBytes"/>.
/// </remarks>
/// <param name="protocol">NETLINK_GENERIC, NETLINK_SOCK_DIAG.</param>
internal sealed partial class NetlinkSocket(int protocol) : IDisposable
{
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SOL_NETLINK = 270;
    private const int SO_RCVTIMEO = 20;
    private const int SO_RCVBUF = 8;
    private const int NETLINK_CAP_ACK = 10;
    private const int NETLINK_EXT_ACK = 11;
    private const int MSG_PEEK = 0x2;
    private const int MSG_TRUNC = 0x20;
    private const int SOCKADDR_NL_SIZE = 12;
    private const int Attempts = 3;

    private int _socket = -1;
    private byte[] _buffer = new byte[32 << 10];
    private uint _sequence = (uint)Environment.TickCount;

    /// <summary>Opens it, if it is not open.</summary>
    public Errno Open()
    {
        if (_socket >= 0)
        {
            return Errno.None;
        }

        _socket = Socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        if (_socket < 0)
        {
            return LastErrno();
        }

        // Older kernels have not all of these; an answer without explanations is one too.
        SetOption(SOL_NETLINK, NETLINK_EXT_ACK, 1);
        SetOption(SOL_NETLINK, NETLINK_CAP_ACK, 1);
        SetOption(SOL_SOCKET, SO_RCVBUF, 1 << 20);
        return Errno.None;
    }

    /// <summary>Sends one request and gathers the whole answer; again when the kernel says that it has gaps.</summary>
    /// <param name="type">Type of the message: a family's number, SOCK_DIAG_BY_FAMILY.</param>
    /// <param name="body">What comes behind the netlink header.</param>
    /// <param name="dump">True for NLM_F_DUMP.</param>
    /// <param name="headerLength">Length of the header of each message of the answer that is no attribute and not wanted.</param>
    /// <returns>The messages; else the refusal's number and, where the kernel explained it, a sentence.</returns>
    public (byte[][] Messages, Errno Errno, string? Detail) Ask(ushort type, ReadOnlySpan<byte> body, bool dump, int headerLength)
    {
        for (int attempt = 1; ; attempt++)
        {
            uint sequence = ++_sequence;
            NetlinkReply reply = new(sequence, headerLength);
            ushort flags = (ushort)(NetlinkReply.NLM_F_REQUEST | (dump ? NetlinkReply.NLM_F_DUMP : NetlinkReply.NLM_F_ACK));
            Errno errno = Exchange(NetlinkReply.Request(type, flags, sequence, body), reply);
            if (errno == Errno.None)
            {
                errno = reply.Errno;
            }

            // An overrun lost messages, an interrupted dump may have gaps: both are asked for again.
            bool isWorthRepeating = errno == Errno.ENOBUFS || (errno == Errno.None && reply.IsInterrupted);
            if (!isWorthRepeating)
            {
                return errno == Errno.None ? (reply.Messages, Errno.None, null) : ([], errno, reply.Detail);
            }

            if (attempt == Attempts)
            {
                return ([], Errno.EBUSY, "What was listed changed each of three times while the kernel listed it.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_socket >= 0)
        {
            _ = Close(_socket);
            _socket = -1;
        }
    }

    private unsafe Errno Exchange(ReadOnlySpan<byte> request, NetlinkReply reply)
    {
        byte* kernel = stackalloc byte[SOCKADDR_NL_SIZE];
        new Span<byte>(kernel, SOCKADDR_NL_SIZE).Clear();
        *(ushort*)kernel = AF_NETLINK;
        fixed (byte* bytes = request)
        {
            if (SendTo(_socket, bytes, (nuint)request.Length, 0, kernel, SOCKADDR_NL_SIZE) < 0)
            {
                return LastErrno();
            }
        }

        long start = Stopwatch.GetTimestamp();
        long received = 0;
        while (!reply.IsComplete)
        {
            TimeSpan left = LiveNetlinkChannel.LongestWait - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return Errno.ETIMEDOUT;
            }

            SetTimeout(left);
            Errno errno = Receive(out int length, out bool isFromKernel);
            if (errno is Errno.EINTR)
            {
                continue;
            }

            if (errno is not Errno.None)
            {
                return errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno;
            }

            received += length;
            if (received > LiveNetlinkChannel.MostBytes)
            {
                return Errno.EMSGSIZE;
            }

            // Any process may send to this socket; only the kernel's port is 0.
            if (isFromKernel)
            {
                reply.Take(_buffer.AsMemory(0, length));
            }
        }

        return Errno.None;
    }

    // Looks how long the next datagram is before it takes it: a dump's datagrams may be longer than any buffer chosen beforehand.
    private unsafe Errno Receive(out int length, out bool isFromKernel)
    {
        byte* sender = stackalloc byte[SOCKADDR_NL_SIZE];
        length = 0;
        isFromKernel = false;
        for (int flags = MSG_PEEK | MSG_TRUNC; ; flags = MSG_TRUNC)
        {
            nint count;
            int size = SOCKADDR_NL_SIZE;
            fixed (byte* bytes = _buffer)
            {
                count = ReceiveFrom(_socket, bytes, (nuint)_buffer.Length, flags, sender, &size);
            }

            if (count < 0)
            {
                return LastErrno();
            }

            if (count > LiveNetlinkChannel.MostBytes)
            {
                return Errno.EMSGSIZE;
            }

            if ((flags & MSG_PEEK) == 0)
            {
                length = (int)Math.Min(count, _buffer.Length);
                isFromKernel = size >= 8 && *(uint*)(sender + 4) == 0;
                return count > _buffer.Length ? Errno.EMSGSIZE : Errno.None;
            }

            if (count > _buffer.Length)
            {
                _buffer = new byte[(int)count];
            }
        }
    }

    private unsafe void SetOption(int level, int name, int value) => _ = SetSocketOption(_socket, level, name, &value, sizeof(int));

    private unsafe void SetTimeout(TimeSpan timeout)
    {
        // struct timeval: two longs on x86-64 and arm64. Zero would mean for ever.
        nint* time = stackalloc nint[2];
        time[0] = (nint)timeout.Ticks / (nint)TimeSpan.TicksPerSecond;
        time[1] = Math.Max(1, (nint)(timeout.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        _ = SetSocketOption(_socket, SOL_SOCKET, SO_RCVTIMEO, time, 2 * sizeof(nint));
    }

    private static Errno LastErrno() => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetSocketOption(int descriptor, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static unsafe partial nint SendTo(int descriptor, byte* bytes, nuint length, int flags, byte* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static unsafe partial nint ReceiveFrom(int descriptor, byte* bytes, nuint length, int flags, byte* address, int* addressLength);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
