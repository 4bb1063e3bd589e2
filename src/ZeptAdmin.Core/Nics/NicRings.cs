using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads descriptor ring depths.</summary>
public static class NicRings
{
    /// <summary>Ring depths of one interface.</summary>
    public static Answer<NicRing> Get(Sensor sensor, string interfaceName) =>
        EthtoolRings.Get(sensor.Ethtool, interfaceName).Select(ring => new NicRing
        {
            InterfaceName = interfaceName,
            Rx = ring.RxPending,
            RxMaximum = ring.RxMaxPending,
            Tx = ring.TxPending,
            TxMaximum = ring.TxMaxPending,
        });
}
