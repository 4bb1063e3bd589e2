using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_pauseparam</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolPauseParam
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint Autoneg;
    public uint RxPause;
    public uint TxPause;
#pragma warning restore CS1591, CA1051
}

/// <summary>Reads pause frame settings (<c>ETHTOOL_GPAUSEPARAM</c>).</summary>
public static class EthtoolPause
{
    /// <summary>Reads the pause frame settings of one interface.</summary>
    public static Answer<EthtoolPauseParam> Get(IEthtoolChannel channel, string interfaceName) =>
        EthtoolRequest.Get<EthtoolPauseParam>(channel, interfaceName, EthtoolCommands.ETHTOOL_GPAUSEPARAM, "read the pause frame settings");
}
