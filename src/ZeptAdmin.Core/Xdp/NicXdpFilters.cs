using System.Globalization;
using System.Net;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Xdp;

/// <summary>Which direction of a frame a rule looks at.</summary>
[Flags]
public enum XdpDirection
{
    /// <summary>Where it comes from.</summary>
    Source = 1,

    /// <summary>Where it goes.</summary>
    Destination = 2,

    /// <summary>Either.</summary>
    Both = 3,
}

/// <summary>Thinks out what adds or removes early drops by XDP.</summary>
public static class NicXdpFilters
{
    private static readonly XdpFilterSetting Program = new();
    private static readonly XdpFilterRulesSetting List = new();

    /// <summary>The filter of an interface with its rules.</summary>
    public static Answer<NicXdpFilter> Get(Sensor sensor, string interfaceName)
    {
        Answer<JToken> mode = Program.Read(sensor, interfaceName);
        if (mode.Refusal is Refusal refusal)
        {
            return refusal;
        }

        return XdpFilterPins.Rules(sensor.Files).Select(rules => new NicXdpFilter
        {
            InterfaceName = interfaceName,
            Mode = (string?)mode.Value switch { XdpFilterSetting.Native => XdpMode.Native, XdpFilterSetting.Generic => XdpMode.Generic, _ => XdpMode.None },
            Rules = rules,
        });
    }

    /// <summary>Rules as xdp-filter takes them, of ports and of addresses.</summary>
    public static string[] Rules(int[] ports, IPAddress[] addresses, XdpDirection direction, bool isTcp, bool isUdp)
    {
        string where = XdpFilterPins.Directions((int)direction);
        string protocols = string.Join(',', ((string[])[isTcp ? "tcp" : "", isUdp ? "udp" : ""]).Where(word => word.Length > 0));
        return
        [
            .. ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"port {port} {where} {protocols}")),
            .. addresses.Select(address => $"ip {new IPAddress(address.GetAddressBytes())} {where}"),
        ];
    }

    /// <summary>The changes that put the filter to an interface and rules into it: those first that the others need.</summary>
    public static Answer<PlannedChange>[] Add(Sensor sensor, string interfaceName, XdpMode mode, string[] rules)
    {
        Answer<PlannedChange> program = Put(sensor, interfaceName, mode == XdpMode.Generic ? XdpFilterSetting.Generic : XdpFilterSetting.Native);
        return program.IsKnown ? [program, List.Plan(sensor, present => [.. Without(present, rules, isWider: true), .. Merged(present, rules)])] : [program];
    }

    /// <summary>The changes that take rules away, and the filter itself when no rule is named.</summary>
    public static Answer<PlannedChange>[] Remove(Sensor sensor, string interfaceName, string[] rules)
    {
        if (rules.Length > 0)
        {
            return [List.Plan(sensor, present => Without(present, rules, isWider: false))];
        }

        Answer<PlannedChange> program = Put(sensor, interfaceName, XdpFilterSetting.None);
        bool isLast = XdpFilterPins.Interfaces(sensor.Files) is [string last] && last == interfaceName;
        return isLast ? [List.Plan(sensor, _ => []), program] : [program];
    }

    /// <summary>Other interfaces that have the filter: its rules are theirs too.</summary>
    public static string[] Others(Sensor sensor, string interfaceName) => [.. XdpFilterPins.Interfaces(sensor.Files).Where(name => name != interfaceName)];

    private static Answer<PlannedChange> Put(Sensor sensor, string interfaceName, string wanted)
    {
        Answer<JToken> before = Program.Read(sensor, interfaceName);
        if (before.Refusal is Refusal refusal)
        {
            return refusal;
        }

        // Another program is somebody else's, and not to be replaced.
        bool isForeign = (string?)before.Value == XdpFilterSetting.None && wanted != XdpFilterSetting.None
            && NicXdps.Link(sensor, interfaceName).Try(out LinkXdp link) && (link.Driver > 0 || link.Generic > 0 || link.Card > 0);
        return isForeign
            ? new Refusal(Errno.EBUSY, "put xdp-filter to the interface", interfaceName) { Detail = "It has another XDP program (Get-NicXdp)." }
            : new PlannedChange(Program, interfaceName, before.Value, new JValue(wanted));
    }

    // One key has one entry with flags: a rule for what is there already becomes the union of both.
    private static IEnumerable<string> Merged(string[] present, string[] rules) =>
        rules.Select(rule => present.Where(other => KeyOf(other) == KeyOf(rule)).Aggregate(rule, Union));

    private static string[] Without(string[] present, string[] rules, bool isWider) => isWider
        ? [.. present.Where(rule => !rules.Any(other => KeyOf(other) == KeyOf(rule)))]
        : [.. present.Select(rule => rules.Where(other => KeyOf(other) == KeyOf(rule)).Aggregate<string, string?>(rule, Less)).OfType<string>()];

    private static string KeyOf(string rule) => string.Join(' ', rule.Split(' ')[..2]);

    private static string Union(string rule, string other)
    {
        string[] left = rule.Split(' ');
        string[] right = other.Split(' ');
        return string.Join(' ', left.Zip(right, (a, b) => a == b ? a : string.Join(',', a.Split(',').Union(b.Split(',')).OrderDescending(StringComparer.Ordinal).Reverse())).Select(Order));
    }

    // "dst,src" is written "src,dst".
    private static string Order(string word) => word switch { "dst,src" => "src,dst", "udp,tcp" => "tcp,udp", _ => word };

    // What is left of a rule when all of another's words are taken from it; one of several flag words that stays keeps the rule.
    private static string? Less(string? rule, string other)
    {
        if (rule is null)
        {
            return null;
        }

        string[] left = rule.Split(' ');
        string[] right = other.Split(' ');
        string[] directions = [.. left[2].Split(',').Except(right[2].Split(','))];
        if (left.Length < 4)
        {
            return directions.Length == 0 ? null : $"{left[0]} {left[1]} {string.Join(',', directions)}";
        }

        string[] protocols = [.. left[3].Split(',').Except(right[3].Split(','))];
        return directions.Length == 0 && protocols.Length == 0 ? null
            : protocols.Length == 0 ? $"{left[0]} {left[1]} {string.Join(',', directions)} {left[3]}"
            : $"{left[0]} {left[1]} {left[2]} {string.Join(',', protocols)}";
    }
}
