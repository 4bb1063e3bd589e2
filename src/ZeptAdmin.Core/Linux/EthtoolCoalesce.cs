using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_coalesce</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolCoalesceParam
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint RxCoalesceUsecs;
    public uint RxMaxCoalescedFrames;
    public uint RxCoalesceUsecsIrq;
    public uint RxMaxCoalescedFramesIrq;
    public uint TxCoalesceUsecs;
    public uint TxMaxCoalescedFrames;
    public uint TxCoalesceUsecsIrq;
    public uint TxMaxCoalescedFramesIrq;
    public uint StatsBlockCoalesceUsecs;
    public uint UseAdaptiveRxCoalesce;
    public uint UseAdaptiveTxCoalesce;
    public uint PktRateLow;
    public uint RxCoalesceUsecsLow;
    public uint RxMaxCoalescedFramesLow;
    public uint TxCoalesceUsecsLow;
    public uint TxMaxCoalescedFramesLow;
    public uint PktRateHigh;
    public uint RxCoalesceUsecsHigh;
    public uint RxMaxCoalescedFramesHigh;
    public uint TxCoalesceUsecsHigh;
    public uint TxMaxCoalescedFramesHigh;
    public uint RateSampleInterval;
#pragma warning restore CS1591, CA1051
}

/// <summary>Reads interrupt coalescing (<c>ETHTOOL_GCOALESCE</c>).</summary>
public static class EthtoolCoalesce
{
    /// <summary>Reads the interrupt coalescing of one interface.</summary>
    public static Answer<EthtoolCoalesceParam> Get(IEthtoolChannel channel, string interfaceName) =>
        EthtoolRequest.Get<EthtoolCoalesceParam>(channel, interfaceName, EthtoolCommands.ETHTOOL_GCOALESCE, "read the interrupt coalescing");
}
