using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads numbers of channels.</summary>
public static class NicChannels
{
    /// <summary>Numbers of channels of one interface.</summary>
    public static Answer<NicChannel> Get(Sensor sensor, string interfaceName) =>
        EthtoolChannelCounts.Get(sensor.Ethtool, interfaceName).Select(channels => new NicChannel
        {
            InterfaceName = interfaceName,
            Combined = channels.CombinedCount,
            CombinedMaximum = channels.MaxCombined,
            Rx = channels.RxCount,
            RxMaximum = channels.MaxRx,
            Tx = channels.TxCount,
            TxMaximum = channels.MaxTx,
            Other = channels.OtherCount,
            OtherMaximum = channels.MaxOther,
        });
}
