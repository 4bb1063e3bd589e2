using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_ringparam</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolRingParam
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint RxMaxPending;
    public uint RxMiniMaxPending;
    public uint RxJumboMaxPending;
    public uint TxMaxPending;
    public uint RxPending;
    public uint RxMiniPending;
    public uint RxJumboPending;
    public uint TxPending;
#pragma warning restore CS1591, CA1051
}

/// <summary>Reads ring depths (<c>ETHTOOL_GRINGPARAM</c>).</summary>
public static class EthtoolRings
{
    /// <summary>Reads the ring depths of one interface, in descriptors.</summary>
    public static Answer<EthtoolRingParam> Get(IEthtoolChannel channel, string interfaceName) =>
        EthtoolRequest.Get<EthtoolRingParam>(channel, interfaceName, EthtoolCommands.ETHTOOL_GRINGPARAM, "read the ring depths");
}
