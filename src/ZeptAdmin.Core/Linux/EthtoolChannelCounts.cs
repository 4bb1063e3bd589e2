using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_channels</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolChannelParam
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint MaxRx;
    public uint MaxTx;
    public uint MaxOther;
    public uint MaxCombined;
    public uint RxCount;
    public uint TxCount;
    public uint OtherCount;
    public uint CombinedCount;
#pragma warning restore CS1591, CA1051
}

/// <summary>Reads numbers of queues, which the kernel calls channels (<c>ETHTOOL_GCHANNELS</c>).</summary>
public static class EthtoolChannelCounts
{
    /// <summary>Reads the numbers of channels of one interface.</summary>
    public static Answer<EthtoolChannelParam> Get(IEthtoolChannel channel, string interfaceName) =>
        EthtoolRequest.Get<EthtoolChannelParam>(channel, interfaceName, EthtoolCommands.ETHTOOL_GCHANNELS, "read the numbers of channels");
}
