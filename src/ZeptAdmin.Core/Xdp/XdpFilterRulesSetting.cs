using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Xdp;

/// <summary>The rules of xdp-filter. They are one list for all interfaces that have it, so there is one target; the value is the list.</summary>
public sealed class XdpFilterRulesSetting : Setting
{
    /// <summary>The target.</summary>
    public const string Target = "xdp-filter";

    /// <inheritdoc/>
    public override string Kind => "XdpFilterRules";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target) => !sensor.IsLive
        ? new Refusal(Errno.EROFS, "change the rules", target) { IsOfSnapshot = true, Detail = "It is in a snapshot." }
        : XdpFilterPins.Rules(sensor.Files).Select<JToken>(rules => new JArray(rules.Select(rule => rule.Rule)));

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Answer<JToken> now = Read(sensor, target);
        if (now.Refusal is Refusal refusal)
        {
            return refusal;
        }

        string[] present = List(now.Value);
        string[] wanted = List(value);
        foreach (string rule in present.Except(wanted))
        {
            if (XdpFilterProgram.Run("take the rule away", rule, Arguments(rule, isRemoval: true)) is Refusal refused)
            {
                return refused;
            }
        }

        foreach (string rule in wanted.Except(present))
        {
            if (XdpFilterProgram.Run("add the rule", rule, Arguments(rule, isRemoval: false)) is Refusal refused)
            {
                return refused;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        string[] gone = List(before);
        string[] fresh = List(after);
        return string.Join("; ", ((string[])[.. fresh.Except(gone).Select(rule => $"Drop {rule} by XDP"), .. gone.Except(fresh).Select(rule => $"No longer drop {rule} by XDP")]).DefaultIfEmpty("Leave the rules of xdp-filter"));
    }

    /// <summary>The change that gives the list after an edit.</summary>
    internal Answer<PlannedChange> Plan(Sensor sensor, Func<string[], string[]> edit) =>
        Read(sensor, Target).Select(before => new PlannedChange(this, Target, before, new JArray(edit(List(before)).Distinct().Order(StringComparer.Ordinal))));

    private static string[] List(JToken value) => [.. value.Values<string>().OfType<string>()];

    // "port 53 dst tcp,udp" and "ip 192.0.2.1 src" as arguments.
    private static string[] Arguments(string rule, bool isRemoval)
    {
        string[] words = rule.Split(' ');
        string[] removal = isRemoval ? ["--remove"] : [];
        return words is ["port", _, _, _]
            ? ["port", .. removal, "--mode", words[2], "--proto", words[3], words[1]]
            : [words[0], .. removal, "--mode", words[2], words[1]];
    }
}
