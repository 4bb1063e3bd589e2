using System.Globalization;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>Gathers the datagrams that answer one netlink request; pure, so that any bytes can be fed to it.</summary>
/// <remarks>linux/netlink.h, linux/genetlink.h, Documentation/userspace-api/netlink/intro.rst.</remarks>
/// <param name="sequence">Number of the request.</param>
/// <param name="headerLength">Length of the header of each message, which is taken away; that of genetlink unless it is said otherwise.</param>
internal sealed class NetlinkReply(uint sequence, int headerLength = NetlinkReply.GENL_HDRLEN)
{
    internal const int NLMSG_HDRLEN = 16;
    internal const int GENL_HDRLEN = 4;
    internal const ushort NLM_F_REQUEST = 0x1;
    internal const ushort NLM_F_ACK = 0x4;
    internal const ushort NLM_F_DUMP = 0x300;
    private const ushort NLMSG_NOOP = 0x1;
    private const ushort NLMSG_ERROR = 0x2;
    private const ushort NLMSG_DONE = 0x3;
    private const ushort NLMSG_OVERRUN = 0x4;
    private const ushort NLM_F_DUMP_INTR = 0x10;
    private const ushort NLM_F_CAPPED = 0x100;
    private const ushort NLM_F_ACK_TLVS = 0x200;
    private const int NLMSGERR_ATTR_MSG = 1;
    private const int NLMSGERR_ATTR_OFFS = 2;
    private const int NLMSGERR_ATTR_MISS_TYPE = 5;

    private readonly List<byte[]> _messages = [];

    /// <summary>True when the answer is whole, or will not come.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>None, or why the kernel refused.</summary>
    public Errno Errno { get; private set; }

    /// <summary>What the kernel said about its refusal (extended acknowledgement), as a sentence; null when it said nothing.</summary>
    public string? Detail { get; private set; }

    /// <summary>True when the objects changed while they were listed, so that the list may have gaps or repeats.</summary>
    public bool IsInterrupted { get; private set; }

    /// <summary>Each message, behind its header.</summary>
    public byte[][] Messages => [.. _messages];

    /// <summary>The bytes of a request: the netlink header, and what comes behind it.</summary>
    public static byte[] Request(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> body)
    {
        byte[] message = new byte[NLMSG_HDRLEN + body.Length];
        Span<byte> bytes = message;
        MemoryMarshal.Write(bytes, (uint)message.Length);
        MemoryMarshal.Write(bytes[4..], type);
        MemoryMarshal.Write(bytes[6..], flags);
        MemoryMarshal.Write(bytes[8..], sequence);
        body.CopyTo(bytes[NLMSG_HDRLEN..]);
        return message;
    }

    /// <summary>A genetlink header and attributes. Families do not look at the version of a request; 1 is what all of them have had.</summary>
    public static byte[] Generic(byte command, ReadOnlySpan<byte> attributes) => [command, 1, 0, 0, .. attributes];

    /// <summary>Takes one datagram; what does not belong to the request is passed over.</summary>
    public void Take(ReadOnlyMemory<byte> datagram)
    {
        while (!IsComplete && datagram.Length >= NLMSG_HDRLEN)
        {
            ReadOnlySpan<byte> header = datagram.Span;
            uint length = MemoryMarshal.Read<uint>(header);
            if (length < NLMSG_HDRLEN || length > datagram.Length)
            {
                Fail(Errno.EIO, "The kernel's answer ends inside a message.");
                return;
            }

            if (MemoryMarshal.Read<uint>(header[8..]) == sequence)
            {
                TakeMessage(MemoryMarshal.Read<ushort>(header[4..]), MemoryMarshal.Read<ushort>(header[6..]), datagram[NLMSG_HDRLEN..(int)length]);
            }

            datagram = datagram[Math.Min(NetlinkAttributes.Align((int)length), datagram.Length)..];
        }
    }

    private void TakeMessage(ushort type, ushort flags, ReadOnlyMemory<byte> body)
    {
        IsInterrupted |= (flags & NLM_F_DUMP_INTR) != 0;
        switch (type)
        {
            case NLMSG_NOOP:
                break;
            case NLMSG_ERROR:
                End(flags, body, EchoLength(flags, body));
                break;
            case NLMSG_DONE:
                End(flags, body, 0);
                break;
            case NLMSG_OVERRUN:
                Fail(Errno.ENOBUFS, null);
                break;
            default:
                if (body.Length >= headerLength)
                {
                    _messages.Add(body[headerLength..].ToArray());
                }

                break;
        }
    }

    // Behind the error number of NLMSG_ERROR comes the request again, only its header where it is "capped".
    private static int EchoLength(ushort flags, ReadOnlyMemory<byte> body)
    {
        if ((flags & NLM_F_CAPPED) != 0 || body.Length < 8)
        {
            return NLMSG_HDRLEN;
        }

        uint length = MemoryMarshal.Read<uint>(body.Span[4..]);
        return length > body.Length ? body.Length : NetlinkAttributes.Align((int)length);
    }

    private void End(ushort flags, ReadOnlyMemory<byte> body, int echoLength)
    {
        int error = body.Length >= 4 ? MemoryMarshal.Read<int>(body.Span) : 0;
        string? detail = null;
        if ((flags & NLM_F_ACK_TLVS) != 0 && body.Length > 4 + echoLength)
        {
            detail = Explain(NetlinkAttributes.Parse(body[(4 + echoLength)..]));
        }

        if (error == 0)
        {
            IsComplete = true;
        }
        else
        {
            Fail((Errno)(error == int.MinValue ? int.MaxValue : Math.Abs(error)), detail);
        }
    }

    private static string? Explain(NetlinkAttribute[] said)
    {
        List<string> parts = [];
        foreach (NetlinkAttribute attribute in said)
        {
            if (attribute.Type == NLMSGERR_ATTR_MSG)
            {
                parts.Add($"The kernel says: {attribute.Text}.");
            }
            else if (attribute.Type == NLMSGERR_ATTR_OFFS && attribute.Number is ulong offset)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"It means the attribute at byte {offset} of the request."));
            }
            else if (attribute.Type == NLMSGERR_ATTR_MISS_TYPE && attribute.Number is ulong missing)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"It misses attribute {missing}."));
            }
        }

        return parts.Count == 0 ? null : string.Join(' ', parts);
    }

    private void Fail(Errno errno, string? detail)
    {
        IsComplete = true;
        Errno = errno;
        Detail = detail;
    }
}
