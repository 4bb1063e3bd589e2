using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_value</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolValue
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint Data;
#pragma warning restore CS1591, CA1051
}

/// <summary>Reads what is one number: the link (<c>ETHTOOL_GLINK</c>), private flags (<c>ETHTOOL_GPFLAGS</c>).</summary>
public static class EthtoolValues
{
    /// <summary>Whether the driver sees a link.</summary>
    public static Answer<bool> GetLink(IEthtoolChannel channel, string interfaceName) =>
        EthtoolRequest.Get<EthtoolValue>(channel, interfaceName, EthtoolCommands.ETHTOOL_GLINK, "read the link")
            .Select(value => value.Data != 0);

    /// <summary>The private flags as a bitmap; bit n is string n of <see cref="EthtoolStringSet.ETH_SS_PRIV_FLAGS"/>.</summary>
    public static Answer<uint> GetPrivateFlags(IEthtoolChannel channel, string interfaceName) =>
        EthtoolRequest.Get<EthtoolValue>(channel, interfaceName, EthtoolCommands.ETHTOOL_GPFLAGS, "read the private flags")
            .Select(value => value.Data);

    /// <summary>Writes the private flags as a bitmap; null when the driver took it.</summary>
    public static Refusal? SetPrivateFlags(IEthtoolChannel channel, string interfaceName, uint flags) =>
        EthtoolRequest.Set(channel, interfaceName, EthtoolCommands.ETHTOOL_SPFLAGS, "set the private flags", new EthtoolValue { Data = flags });
}
