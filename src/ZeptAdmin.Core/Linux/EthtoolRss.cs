using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_rxfh</c> of linux/ethtool.h, up to its <c>rss_config</c>.</summary>
/// <remarks><c>input_xfrm</c> is a reserved byte before Linux 6.8 and reads as 0 there.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct EthtoolRxfh
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint RssContext;
    public uint IndirectionSize;
    public uint KeySize;
    public fixed byte Functions[4];
    public uint Reserved32;
#pragma warning restore CS1591, CA1051

    /// <summary><c>hfunc</c>.</summary>
    public byte HashFunction
    {
        readonly get => Functions[0];
        set => Functions[0] = value;
    }

    /// <summary><c>input_xfrm</c>, which older headers count among the reserved bytes.</summary>
    public byte InputTransform
    {
        readonly get => Functions[1];
        set => Functions[1] = value;
    }
}

/// <summary>What a driver says of its receive-side scaling.</summary>
/// <param name="Indirection">Receive queue for each value of the hash's low bits; empty when the driver shows no table.</param>
/// <param name="Key">Hash key; empty when the driver shows none.</param>
/// <param name="HashFunction">Bit of the function in use, in the order of <c>ETH_SS_RSS_HASH_FUNCS</c>; 0 when the driver does not say.</param>
/// <param name="InputTransform">Bits of <c>RXH_XFRM_*</c>; null where the kernel's request has no such field.</param>
public sealed record EthtoolRssSettings(uint[] Indirection, byte[] Key, byte HashFunction, byte? InputTransform);

/// <summary>What is to be changed of a driver's receive-side scaling; null leaves a part as it is.</summary>
/// <param name="Indirection">Receive queue for each value of the hash's low bits; empty brings the driver's default back.</param>
/// <param name="Key">Hash key, as long as the driver's own.</param>
/// <param name="HashFunction">Bit of the function, in the order of <c>ETH_SS_RSS_HASH_FUNCS</c>.</param>
/// <param name="InputTransform">Bits of <c>RXH_XFRM_*</c>.</param>
public sealed record EthtoolRssChange(uint[]? Indirection = null, byte[]? Key = null, byte? HashFunction = null, byte? InputTransform = null)
{
    /// <summary>True when there is nothing to change; the kernel refuses such a request.</summary>
    public bool IsEmpty => Indirection is null && Key is null && HashFunction is null && InputTransform is null;
}

/// <summary>
/// Reads and writes key, indirection table and hash function (<c>ETHTOOL_GRSSH</c>, <c>ETHTOOL_SRSSH</c>; <c>ETHTOOL_GRXFHINDIR</c> and
/// <c>ETHTOOL_SRXFHINDIR</c> of older kernels).
/// </summary>
public static class EthtoolRss
{
    /// <summary>Most entries that a table may claim; the largest known is 2,048 (ice).</summary>
    public const int MostEntries = 65536;

    /// <summary>Longest key that a driver may claim, in bytes; the longest known is 52 (<c>NETDEV_RSS_KEY_LEN</c>).</summary>
    public const int LongestKey = 1024;

    private const uint ETH_RXFH_INDIR_NO_CHANGE = 0xffffffff;
    private const int HeaderSize = 24;
    private const string Operation = "read the receive-side scaling";

    /// <summary>Reads the settings of the main RSS context.</summary>
    /// <exception cref="KernelFormatException">The sizes in the answer cannot be.</exception>
    public static Answer<EthtoolRssSettings> Get(IEthtoolChannel channel, string interfaceName)
    {
        Errno errno = Errno.None;
        for (int i = 0; i < EthtoolRequest.Attempts; i++)
        {
            EthtoolRxfh sizes = new() { Command = EthtoolCommands.ETHTOOL_GRSSH };
            errno = channel.Send(interfaceName, MemoryMarshal.AsBytes(new Span<EthtoolRxfh>(ref sizes)));
            if (errno == Errno.EOPNOTSUPP && GetTable(channel, interfaceName) is EthtoolRssSettings table)
            {
                return table;
            }

            if (errno != Errno.None)
            {
                return Refuse(errno, interfaceName);
            }

            (errno, EthtoolRssSettings? settings) = GetWithSizes(channel, interfaceName, Checked(sizes, interfaceName));
            if (settings is not null)
            {
                return settings;
            }

            // The driver refuses sizes that are no longer its own: the channels were changed in between.
            if (errno is not (Errno.None or Errno.EINVAL))
            {
                return Refuse(errno, interfaceName);
            }
        }

        return errno == Errno.None
            ? throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GRSSH, "the sizes of table and key differ each time")
            : Refuse(errno, interfaceName);
    }

    /// <summary>Writes what is to be changed; null when the driver took it.</summary>
    /// <param name="channel">The way to the driver.</param>
    /// <param name="interfaceName">Kernel name of the interface.</param>
    /// <param name="change">The change.</param>
    /// <param name="now">The settings in force.</param>
    public static Refusal? Set(IEthtoolChannel channel, string interfaceName, EthtoolRssChange change, EthtoolRssSettings now)
    {
        if (change.IsEmpty)
        {
            return null;
        }

        Errno errno = channel.Send(interfaceName, now.InputTransform is null ? TableRequest(change) : Request(change, now.InputTransform.Value));
        return errno == Errno.None ? null : EthtoolRequest.Refuse(errno, "set the receive-side scaling", interfaceName);
    }

    // net/ethtool/ioctl.c, ethtool_set_rxfh. The transformation that is not to change is sent as it was read: a kernel before 6.8 wants its
    // reserved byte to be 0, which it also reads as; RXH_XFRM_NO_CHANGE is only known after it (LNX 0dd415d15505).
    private static byte[] Request(EthtoolRssChange change, byte transform)
    {
        uint[] table = change.Indirection ?? [];
        byte[] key = change.Key ?? [];
        EthtoolRxfh head = new()
        {
            IndirectionSize = change.Indirection is null ? ETH_RXFH_INDIR_NO_CHANGE : (uint)table.Length,
            KeySize = (uint)key.Length,
            HashFunction = change.HashFunction ?? 0,
            InputTransform = change.InputTransform ?? transform,
        };
        byte[] buffer = EthtoolRequest.Buffer(head, EthtoolCommands.ETHTOOL_SRSSH, (table.Length * sizeof(uint)) + key.Length);
        MemoryMarshal.AsBytes<uint>(table).CopyTo(buffer.AsSpan(HeaderSize));
        key.CopyTo(buffer, HeaderSize + (table.Length * sizeof(uint)));
        return buffer;
    }

    // struct ethtool_rxfh_indir: command, size (0: the default), entries. A driver that answers no more can change no more.
    private static byte[] TableRequest(EthtoolRssChange change)
    {
        uint[] table = change.Indirection ?? [];
        return MemoryMarshal.AsBytes<uint>([EthtoolCommands.ETHTOOL_SRXFHINDIR, (uint)table.Length, .. table]).ToArray();
    }

    /// <summary>One request with room for table and key; no settings when the sizes changed in between.</summary>
    private static (Errno Errno, EthtoolRssSettings? Settings) GetWithSizes(IEthtoolChannel channel, string interfaceName, EthtoolRxfh sizes)
    {
        int tableSize = (int)sizes.IndirectionSize * sizeof(uint);
        byte[] buffer = new byte[HeaderSize + tableSize + (int)sizes.KeySize];
        EthtoolRxfh request = new() { Command = EthtoolCommands.ETHTOOL_GRSSH, IndirectionSize = sizes.IndirectionSize, KeySize = sizes.KeySize };
        MemoryMarshal.Write(buffer, in request);
        Errno errno = channel.Send(interfaceName, buffer);
        EthtoolRxfh answer = MemoryMarshal.Read<EthtoolRxfh>(buffer);
        if (errno != Errno.None || answer.IndirectionSize != sizes.IndirectionSize || answer.KeySize != sizes.KeySize)
        {
            return (errno, null);
        }

        return (Errno.None, new EthtoolRssSettings(
            MemoryMarshal.Cast<byte, uint>(buffer.AsSpan(HeaderSize, tableSize)).ToArray(),
            buffer.AsSpan(HeaderSize + tableSize).ToArray(),
            answer.HashFunction,
            answer.InputTransform));
    }

    /// <summary>The table alone, as kernels before 3.16 give it; null when they do not either.</summary>
    private static EthtoolRssSettings? GetTable(IEthtoolChannel channel, string interfaceName)
    {
        for (int i = 0; i < EthtoolRequest.Attempts; i++)
        {
            Span<uint> size = [EthtoolCommands.ETHTOOL_GRXFHINDIR, 0];
            if (channel.Send(interfaceName, MemoryMarshal.AsBytes(size)) != Errno.None)
            {
                return null;
            }

            uint entries = Checked(new EthtoolRxfh { IndirectionSize = size[1] }, interfaceName).IndirectionSize;
            uint[] buffer = new uint[2 + entries];
            buffer[0] = EthtoolCommands.ETHTOOL_GRXFHINDIR;
            buffer[1] = entries;
            if (channel.Send(interfaceName, MemoryMarshal.AsBytes(buffer.AsSpan())) == Errno.None && buffer[1] == entries)
            {
                return new EthtoolRssSettings(buffer[2..], [], 0, null);
            }
        }

        return null;
    }

    private static EthtoolRxfh Checked(EthtoolRxfh sizes, string interfaceName) =>
        sizes.IndirectionSize <= MostEntries && sizes.KeySize <= LongestKey
            ? sizes
            : throw EthtoolRequest.Wild(
                interfaceName, EthtoolCommands.ETHTOOL_GRSSH, $"a table of {sizes.IndirectionSize} entries and a key of {sizes.KeySize} bytes");

    private static Refusal Refuse(Errno errno, string interfaceName) => EthtoolRequest.Refuse(errno, Operation, interfaceName);
}
