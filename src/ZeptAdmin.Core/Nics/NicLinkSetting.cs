using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Whether an interface is up, answers ARP and takes all frames; the value is <c>{ "Up": true, "Arp": false, "Promiscuous": true }</c>.</summary>
/// <remarks>
/// <c>/sys/class/net/IF/flags</c> (net/core/net-sysfs.c, change_flags), whose promiscuity counts that of capture programs as well (field.md I10).
/// The other flags of the file stay as they are at the time of the write.
/// </remarks>
public sealed class NicLinkSetting : Setting
{
    private const string Operation = "read the flags";

    // linux/if.h
    private static readonly (string Name, uint Flag, bool IsInverse, string Words)[] Flags =
    [
        ("Up", 0x1, false, "up"),
        ("Arp", 0x80, true, "ARP"),
        ("Promiscuous", 0x100, false, "promiscuous mode"),
    ];

    /// <inheritdoc/>
    public override string Kind => "NicLink";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        if (ReadFlags(sensor, target).Refusal is Refusal refusal)
        {
            return refusal;
        }

        uint flags = ReadFlags(sensor, target).Value;
        return new JObject(Flags.Select(flag => new JProperty(flag.Name, (flags & flag.Flag) != 0 != flag.IsInverse)));
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Answer<uint> now = ReadFlags(sensor, target);
        if (!now.Try(out uint flags))
        {
            return now.Refusal;
        }

        foreach ((string name, uint flag, bool isInverse, _) in Flags)
        {
            flags = (bool)value[name]! != isInverse ? flags | flag : flags & ~flag;
        }

        Errno errno = sensor.Files.Write(PathOf(target), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"0x{flags:x}\n")));
        return errno == Errno.None ? null : new Refusal(errno, "set the flags", target) { Capability = "CAP_NET_ADMIN" };
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) =>
        $"Set the link of '{target}': " + string.Join(", ", Flags.Where(flag => !JToken.DeepEquals(before[flag.Name], after[flag.Name])).Select(flag => $"{flag.Words} {((bool)after[flag.Name]! ? "on" : "off")}"));

    /// <summary>The change that makes a port one that only listens: up, promiscuous, without ARP.</summary>
    public Answer<PlannedChange> PlanCapture(Sensor sensor, string interfaceName) =>
        Read(sensor, interfaceName).Select(before => new PlannedChange(
            this, interfaceName, before, new JObject { ["Up"] = true, ["Arp"] = false, ["Promiscuous"] = true }));

    private static Answer<uint> ReadFlags(Sensor sensor, string interfaceName)
    {
        FileAnswer answer = InterfaceName.IsPossible(interfaceName) ? sensor.Files.Read(PathOf(interfaceName)) : new FileAnswer(default, Errno.ENODEV);
        string text = Encoding.ASCII.GetString(answer.Bytes.Span).TrimEnd('\n', ' ');
        return answer.IsKnown && text.StartsWith("0x", StringComparison.Ordinal) && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint flags)
            ? flags
            : new Refusal(answer.Errno is Errno.None ? Errno.EINVAL : answer.Errno is Errno.ENOENT ? Errno.ENODEV : answer.Errno, Operation, interfaceName);
    }

    private static string PathOf(string interfaceName) => $"/sys/class/net/{interfaceName}/flags";
}

/// <summary>Whether an interface has IPv6: <c>disable_ipv6</c>, 1 for off (field.md D12).</summary>
public sealed class NicIpv6Setting : FileSetting
{
    /// <inheritdoc/>
    public override string Kind => "NicIpv6";

    /// <inheritdoc/>
    protected override string Noun => "switch that turns IPv6 off";

    /// <inheritdoc/>
    protected override string PathOf(string target) => $"/proc/sys/net/ipv6/conf/{target}/disable_ipv6";
}
