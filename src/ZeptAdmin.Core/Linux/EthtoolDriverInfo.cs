using System.Runtime.InteropServices;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_drvinfo</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct EthtoolDrvInfo
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public fixed byte Driver[32];
    public fixed byte Version[32];
    public fixed byte FwVersion[32];
    public fixed byte BusInfo[32];
    public fixed byte EromVersion[32];
    public fixed byte Reserved2[12];
    public uint NPrivFlags;
    public uint NStats;
    public uint TestinfoLen;
    public uint EedumpLen;
    public uint RegdumpLen;
#pragma warning restore CS1591, CA1051
}

/// <summary>What a driver says of itself; empty text where it says nothing.</summary>
/// <param name="Driver">Name of the driver.</param>
/// <param name="Version">Its version; the kernel's release for most drivers of the kernel's own tree.</param>
/// <param name="FirmwareVersion">Version of the card's firmware, as the vendor writes it.</param>
/// <param name="BusInfo">Where the card is: a PCI address, for most.</param>
/// <param name="Counters">Number of the driver's counters.</param>
/// <param name="PrivateFlags">Number of the driver's private flags.</param>
public readonly record struct EthtoolDriver(string Driver, string Version, string FirmwareVersion, string BusInfo, uint Counters, uint PrivateFlags);

/// <summary>Reads driver, firmware and bus address (<c>ETHTOOL_GDRVINFO</c>).</summary>
public static class EthtoolDriverInfo
{
    /// <summary>Reads what the driver of one interface says of itself.</summary>
    public static unsafe Answer<EthtoolDriver> Get(IEthtoolChannel channel, string interfaceName) =>
        EthtoolRequest.Get<EthtoolDrvInfo>(channel, interfaceName, EthtoolCommands.ETHTOOL_GDRVINFO, "read the driver's name and version")
            .Select(info => new EthtoolDriver(
                Text(info.Driver), Text(info.Version), Text(info.FwVersion), Text(info.BusInfo), info.NStats, info.NPrivFlags));

    /// <summary>Name of the driver of one interface; null where it says nothing of itself.</summary>
    public static string? NameOf(IEthtoolChannel channel, string interfaceName) =>
        Get(channel, interfaceName).Try(out EthtoolDriver info) ? info.Driver : null;

    // A driver may fill all 32 bytes and leave no zero.
    private static unsafe string Text(byte* field)
    {
        ReadOnlySpan<byte> bytes = new(field, 32);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
