using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Nics;

/// <summary>Tells what kind of thing an interface is.</summary>
internal static class NicKind
{
    // linux/if_tun.h, linux/if_arp.h.
    private const int IFF_TUN = 0x1;
    private const int IFF_TAP = 0x2;
    private const int ARPHRD_LOOPBACK = 772;

    /// <summary>Kind of the interface of a folder below /sys/class/net.</summary>
    /// <param name="files">Files of the machine.</param>
    /// <param name="folder">Folder of the interface.</param>
    /// <param name="driver">Name that its driver tells; virtual interfaces are named by it.</param>
    public static string Of(FileTree files, string folder, string? driver)
    {
        if (files.ReadInt32($"{folder}/type") == ARPHRD_LOOPBACK)
        {
            return "loopback";
        }

        if (files.ReadLinkName($"{folder}/device/subsystem") is string bus)
        {
            return bus;
        }

        if (TunFlags(files.ReadText($"{folder}/tun_flags")) is int flags)
        {
            return (flags & IFF_TAP) != 0 ? "tap" : (flags & IFF_TUN) != 0 ? "tun" : "virtual";
        }

        // SET_NETDEV_DEVTYPE: vlan, bond, bridge, vxlan, macvlan, wlan, wwan, gre …
        foreach (string line in files.ReadLines($"{folder}/uevent"))
        {
            if (line.StartsWith("DEVTYPE=", StringComparison.Ordinal))
            {
                return line["DEVTYPE=".Length..];
            }
        }

        return driver switch
        {
            null or "" => "virtual",
            "bonding" => "bond",
            "802.1Q VLAN Support" => "vlan",
            _ => driver,
        };
    }

    private static int? TunFlags(string? text) =>
        text is not null && text.StartsWith("0x", StringComparison.Ordinal) && int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int flags)
            ? flags
            : null;
}
