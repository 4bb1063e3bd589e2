using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Xdp;

/// <summary>Whether xdp-filter is at an interface, and where it runs. Its target is the interface, its value <c>none</c>, <c>native</c> or <c>skb</c>.</summary>
/// <remarks>Attaching and taking away re-creates the rings of most drivers: what a reset forgets, and the numbers of queues, are looked after (field.md N1, F8, F10).</remarks>
public sealed class XdpFilterSetting : Setting
{
    internal const string None = "none";
    internal const string Native = "native";
    internal const string Generic = "skb";

    /// <inheritdoc/>
    public override string Kind => "NicXdpFilter";

    /// <inheritdoc/>
    public override IEnumerable<SettingKey> Disturbs(Sensor sensor, string target) =>
        NicDisturbance.OfReset(sensor, target).Prepend(new SettingKey("NicChannel", target));

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        if (!sensor.IsLive)
        {
            return new Refusal(Errno.EROFS, "change the XDP program", target) { IsOfSnapshot = true, Detail = "It is in a snapshot." };
        }

        return NicXdps.Link(sensor, target).Select<JToken>(link => new JValue(
            !XdpFilterPins.IsAt(sensor.Files, target) ? None : link.Driver > 0 ? Native : link.Generic > 0 ? Generic : None));
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        // A change of mode keeps the maps with the rules; when the last interface loses the filter they go, and their rules were taken back before.
        string[] keep = (string?)value == None ? [] : ["--keep-maps"];
        if (XdpFilterPins.IsAt(sensor.Files, target) && XdpFilterProgram.Run("take xdp-filter away", target, ["unload", .. keep, target]) is Refusal kept)
        {
            return kept;
        }

        return (string?)value == None ? null : XdpFilterProgram.Run("put xdp-filter to the interface", target, "load", "--mode", (string)value!, target);
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) => (string?)after == None
        ? $"Take xdp-filter away from '{target}'"
        : $"Put xdp-filter to '{target}' in {((string?)after == Native ? "native" : "generic")} mode";
}
