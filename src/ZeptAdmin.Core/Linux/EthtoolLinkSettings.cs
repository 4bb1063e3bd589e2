using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_link_settings</c> of linux/ethtool.h; three masks of link modes follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct EthtoolLinkSettingsHead
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint Speed;
    public byte Duplex;
    public byte Port;
    public byte PhyAddress;
    public byte Autoneg;
    public byte MdioSupport;
    public byte EthTpMdix;
    public byte EthTpMdixCtrl;
    public sbyte LinkModeMasksNwords;
    public byte Transceiver;
    public byte MasterSlaveCfg;
    public byte MasterSlaveState;
    public byte RateMatching;
    public fixed uint Reserved[7];
#pragma warning restore CS1591, CA1051
}

/// <summary>Duplex of a link (<c>DUPLEX_HALF</c>, <c>DUPLEX_FULL</c>).</summary>
public enum LinkDuplex
{
    /// <summary>The driver does not know.</summary>
    Unknown,
    /// <summary>One direction at a time.</summary>
    Half,
    /// <summary>Both directions at once.</summary>
    Full,
}

/// <summary>Speed, duplex and link modes of an interface.</summary>
/// <param name="SpeedMbps">Speed in Mbit/s; null when the driver does not know, as on a port without a link.</param>
/// <param name="Duplex">Duplex.</param>
/// <param name="Port">Connector (<c>PORT_TP</c> 0, <c>PORT_FIBRE</c> 3, <c>PORT_DA</c> 5, <c>PORT_NONE</c> 0xef, <c>PORT_OTHER</c> 0xff).</param>
/// <param name="Autoneg">Whether the speed is negotiated.</param>
/// <param name="Supported">Bits of the link modes that the port can do.</param>
/// <param name="Advertised">Bits of the link modes that it offers.</param>
/// <param name="Partner">Bits of the link modes that the other end offers.</param>
public readonly record struct EthtoolLink(
    long? SpeedMbps, LinkDuplex Duplex, byte Port, bool Autoneg, int[] Supported, int[] Advertised, int[] Partner);

/// <summary>Reads speed, duplex and link modes (<c>ETHTOOL_GLINKSETTINGS</c>, since Linux 4.6).</summary>
public static class EthtoolLinkSettings
{
    private const string Operation = "read the link settings";

    /// <summary>Reads the link settings of one interface.</summary>
    /// <exception cref="KernelFormatException">The answer contradicts itself.</exception>
    public static Answer<EthtoolLink> Get(IEthtoolChannel channel, string interfaceName)
    {
        // The length of the masks grows with the kernel. Asked with 0 words it answers with minus the number of words it has,
        // and fills the masks only when asked again with exactly that number.
        int words = 0;
        for (int attempt = 0; attempt < EthtoolRequest.Attempts; attempt++)
        {
            byte[] buffer = EthtoolRequest.Buffer(
                new EthtoolLinkSettingsHead { LinkModeMasksNwords = (sbyte)words }, EthtoolCommands.ETHTOOL_GLINKSETTINGS, 3 * sbyte.MaxValue * sizeof(uint));
            Errno errno = channel.Send(interfaceName, buffer);
            if (errno != Errno.None)
            {
                return EthtoolRequest.Refuse(errno, Operation, interfaceName);
            }

            EthtoolLinkSettingsHead head = EthtoolRequest.Head<EthtoolLinkSettingsHead>(buffer);
            if (words > 0 && head.LinkModeMasksNwords == words)
            {
                return Split(head, MemoryMarshal.Cast<byte, uint>(buffer.AsSpan(Unsafe.SizeOf<EthtoolLinkSettingsHead>())));
            }

            words = head.LinkModeMasksNwords is < 0 and > sbyte.MinValue ? -head.LinkModeMasksNwords : 0;
            if (words == 0)
            {
                break;
            }
        }

        throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GLINKSETTINGS, "it does not say how long its masks of link modes are");
    }

    private static EthtoolLink Split(EthtoolLinkSettingsHead head, ReadOnlySpan<uint> masks)
    {
        int words = head.LinkModeMasksNwords;
        return new EthtoolLink(
            // SPEED_UNKNOWN is -1; 0 and 65535 are what drivers give that were written before it (as ethtool reads them).
            head.Speed is 0 or ushort.MaxValue or uint.MaxValue ? null : head.Speed,
            head.Duplex switch { 0 => LinkDuplex.Half, 1 => LinkDuplex.Full, _ => LinkDuplex.Unknown },
            head.Port,
            head.Autoneg != 0,
            Bits(masks[..words]),
            Bits(masks.Slice(words, words)),
            Bits(masks.Slice(2 * words, words)));
    }

    private static int[] Bits(ReadOnlySpan<uint> words)
    {
        List<int> bits = [];
        for (int i = 0; i < words.Length * 32; i++)
        {
            if ((words[i / 32] & (1U << (i % 32))) != 0)
            {
                bits.Add(i);
            }
        }

        return [.. bits];
    }
}
