using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_perm_addr</c> of linux/ethtool.h; the address follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolPermAddrHead
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint Size;
#pragma warning restore CS1591, CA1051
}

/// <summary>Reads the address that the card was made with (<c>ETHTOOL_GPERMADDR</c>).</summary>
public static class EthtoolPermanentAddress
{
    // MAX_ADDR_LEN of linux/netdevice.h.
    private const int MAX_ADDR_LEN = 32;

    /// <summary>Reads the permanent address; empty when the driver has none, which it says with zeros.</summary>
    /// <exception cref="KernelFormatException">The answer is longer than an address can be.</exception>
    public static Answer<byte[]> Get(IEthtoolChannel channel, string interfaceName)
    {
        int head = Unsafe.SizeOf<EthtoolPermAddrHead>();
        byte[] buffer = EthtoolRequest.Buffer(new EthtoolPermAddrHead { Size = MAX_ADDR_LEN }, EthtoolCommands.ETHTOOL_GPERMADDR, MAX_ADDR_LEN);
        Errno errno = channel.Send(interfaceName, buffer);
        if (errno != Errno.None)
        {
            return EthtoolRequest.Refuse(errno, "read the permanent address", interfaceName);
        }

        uint size = EthtoolRequest.Head<EthtoolPermAddrHead>(buffer).Size;
        if (size > MAX_ADDR_LEN)
        {
            throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GPERMADDR, $"an address of {size} bytes");
        }

        ReadOnlySpan<byte> address = buffer.AsSpan(head, (int)size);
        return address.ContainsAnyExcept((byte)0) ? address.ToArray() : Array.Empty<byte>();
    }
}
