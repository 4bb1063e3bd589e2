using System.Globalization;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I10: the port sends nothing of its own.</summary>
internal sealed class SilentPortCheck() : InterfaceCheck(
    "I10.SilentPort",
    CheckCategory.Nic,
    "no ARP, no IPv6",
    "A port that answers ARP or asks for IPv6 routers shows itself to the network it watches, and its own packets mix into the capture.",
    "field.md I10; include/uapi/linux/if.h IFF_NOARP")
{
    private const long IFF_NOARP = 0x80;

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        if (subject.IsManagementPort(interfaceName))
        {
            return Result(NotApplicable, interfaceName, Expected, "the management port has to talk");
        }

        string? text = subject.Sensor.Files.ReadText($"/sys/class/net/{interfaceName}/flags");
        if (text is null || !text.StartsWith("0x", StringComparison.Ordinal)
            || !long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long flags))
        {
            return Result(Unknown, interfaceName, Expected, "its flags cannot be read");
        }

        // Without the file the kernel has no IPv6, or the snapshot does not tell: then ARP decides.
        bool hasArp = (flags & IFF_NOARP) == 0;
        bool hasIpv6 = subject.Sensor.Files.ReadInt32($"/proc/sys/net/ipv6/conf/{interfaceName}/disable_ipv6") == 0;
        string name = Quote(interfaceName);
        string[] talking = [.. new[] { hasArp ? "ARP" : null, hasIpv6 ? "IPv6" : null }.OfType<string>()];
        string[] remedies =
        [
            .. new[] { hasArp ? $"ip link set {name} arp off" : null, hasIpv6 ? $"sysctl -w net.ipv6.conf.{interfaceName.Replace('.', '/')}.disable_ipv6=1" : null }.OfType<string>(),
        ];
        return talking.Length == 0
            ? Result(Pass, interfaceName, Expected, "ARP and IPv6 are off")
            : Result(Warn, interfaceName, Expected, $"{string.Join(" and ", talking)} {(talking.Length == 1 ? "is" : "are")} on", string.Join("; ", remedies));
    }
}
