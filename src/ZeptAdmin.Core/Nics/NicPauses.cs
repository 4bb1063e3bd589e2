using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads pause frame settings.</summary>
public static class NicPauses
{
    /// <summary>Pause frame settings of one interface.</summary>
    public static Answer<NicPause> Get(Sensor sensor, string interfaceName) =>
        EthtoolPause.Get(sensor.Ethtool, interfaceName).Select(pause => new NicPause
        {
            InterfaceName = interfaceName,
            Autoneg = pause.Autoneg != 0,
            Rx = pause.RxPause != 0,
            Tx = pause.TxPause != 0,
        });
}
