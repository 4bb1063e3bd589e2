using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads interrupt coalescing.</summary>
public static class NicCoalesces
{
    /// <summary>Interrupt coalescing of one interface.</summary>
    public static Answer<NicCoalesce> Get(Sensor sensor, string interfaceName) =>
        EthtoolCoalesce.Get(sensor.Ethtool, interfaceName).Select(coalesce => new NicCoalesce
        {
            InterfaceName = interfaceName,
            RxMicroseconds = coalesce.RxCoalesceUsecs,
            RxFrames = coalesce.RxMaxCoalescedFrames,
            RxMicrosecondsIrq = coalesce.RxCoalesceUsecsIrq,
            RxFramesIrq = coalesce.RxMaxCoalescedFramesIrq,
            TxMicroseconds = coalesce.TxCoalesceUsecs,
            TxFrames = coalesce.TxMaxCoalescedFrames,
            TxMicrosecondsIrq = coalesce.TxCoalesceUsecsIrq,
            TxFramesIrq = coalesce.TxMaxCoalescedFramesIrq,
            StatisticsMicroseconds = coalesce.StatsBlockCoalesceUsecs,
            IsAdaptiveRx = coalesce.UseAdaptiveRxCoalesce != 0,
            IsRxDynamic = coalesce.UseAdaptiveRxCoalesce != 0 || IsMode(sensor, interfaceName, coalesce.RxCoalesceUsecs),
            IsAdaptiveTx = coalesce.UseAdaptiveTxCoalesce != 0,
            PacketRateLow = coalesce.PktRateLow,
            RxMicrosecondsLow = coalesce.RxCoalesceUsecsLow,
            RxFramesLow = coalesce.RxMaxCoalescedFramesLow,
            TxMicrosecondsLow = coalesce.TxCoalesceUsecsLow,
            TxFramesLow = coalesce.TxMaxCoalescedFramesLow,
            PacketRateHigh = coalesce.PktRateHigh,
            RxMicrosecondsHigh = coalesce.RxCoalesceUsecsHigh,
            RxFramesHigh = coalesce.RxMaxCoalescedFramesHigh,
            TxMicrosecondsHigh = coalesce.TxCoalesceUsecsHigh,
            TxFramesHigh = coalesce.TxMaxCoalescedFramesHigh,
            SampleIntervalSeconds = coalesce.RateSampleInterval,
        });

    private static bool IsMode(Sensor sensor, string interfaceName, uint microseconds) =>
        microseconds > 0
        && DriverTable.Find(EthtoolDriverInfo.NameOf(sensor.Ethtool, interfaceName)) is DriverFacts facts
        && microseconds <= facts.RxWaitModes;
}
