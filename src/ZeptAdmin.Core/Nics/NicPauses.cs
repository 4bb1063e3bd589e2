using ZeptAdmin.Changes;
using ZeptAdmin.Drivers;
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

    /// <summary>The change that gives an interface these settings; null leaves one as it is.</summary>
    /// <remarks>
    /// i40e and ice refuse all of it when the negotiation is to be another than the link's (i40e_set_pauseparam, ice_set_pauseparam: "To change autoneg
    /// please use: ethtool -s"); that is said before anything is written.
    /// </remarks>
    public static Answer<PlannedChange> Plan(Sensor sensor, string interfaceName, bool? autoneg, bool? rx, bool? tx) =>
        autoneg is bool wanted && KeepsNegotiation(sensor, interfaceName) && Get(sensor, interfaceName).Try(out NicPause? pause) && pause.Autoneg != wanted
            ? new Refusal(Errno.EOPNOTSUPP, "set the negotiation of pause frames", interfaceName) { Detail = "This driver negotiates pause frames with the link. Leave out -Autoneg; -Rx and -Tx are taken all the same." }
            : new NicPauseSetting().Plan(sensor, interfaceName, ("Autoneg", Field(autoneg)), ("Rx", Field(rx)), ("Tx", Field(tx)));

    /// <summary>True for a driver that leaves the negotiation of pause frames to the link.</summary>
    internal static bool KeepsNegotiation(Sensor sensor, string interfaceName) =>
        DriverTable.Find(EthtoolDriverInfo.NameOf(sensor.Ethtool, interfaceName))?.KeepsPauseNegotiation == true;

    private static long? Field(bool? value) => value is bool isOn ? (isOn ? 1 : 0) : null;
}
