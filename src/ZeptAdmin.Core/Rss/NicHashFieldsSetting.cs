using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Rss;

/// <summary>Hashed fields of each kind of packets of an interface; the value is an object such as <c>{ "Tcp4": "sdfn", "Udp4": "sd" }</c>.</summary>
public sealed class NicHashFieldsSetting : Setting
{
    /// <inheritdoc/>
    public override string Kind => "NicHashFields";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target)
    {
        JObject value = [];
        Refusal? refusal = null;
        foreach (RssFlowType type in NicRssReader.FlowTypes)
        {
            Answer<ulong> answer = EthtoolHashFields.Get(sensor.Ethtool, target, (uint)type);
            refusal ??= answer.Refusal;
            if (answer.Try(out ulong bits))
            {
                value[type.ToString()] = RssFieldsText.Of((RssFields)(uint)bits);
            }
        }

        return value.Count > 0 ? value : refusal!;
    }

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        foreach ((RssFlowType type, RssFields fields) in Each(value))
        {
            Answer<ulong> now = EthtoolHashFields.Get(sensor.Ethtool, target, (uint)type);
            if (now.Refusal is null && (RssFields)(uint)now.Value == fields)
            {
                continue;
            }

            if ((now.Refusal ?? EthtoolHashFields.Set(sensor.Ethtool, target, (uint)type, (uint)fields)) is Refusal refusal)
            {
                return new Refusal(refusal.Errno, $"hash {type} by '{RssFieldsText.Of(fields)}'", target) { Capability = refusal.Capability };
            }
        }

        return null;
    }

    /// <summary>A kind of packets that the card no longer answers for is left out.</summary>
    public override JToken Fit(JToken remembered, JToken now) =>
        new JObject(((JObject)remembered).Properties().Where(property => now[property.Name] is not null));

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        string[] parts =
        [
            .. from property in ((JObject)after).Properties()
               where !JToken.DeepEquals(before[property.Name], property.Value)
               select $"{property.Name} from '{before[property.Name]}' to '{property.Value}'",
        ];
        return $"Set the hash fields of '{target}'{(parts.Length == 0 ? "" : ": " + string.Join(", ", parts))}";
    }

    /// <summary>The change that hashes some kinds of packets by some fields.</summary>
    internal Answer<PlannedChange> Plan(Sensor sensor, string interfaceName, IEnumerable<RssFlowType> types, RssFields fields) =>
        Read(sensor, interfaceName).Select(before =>
        {
            JToken after = before.DeepClone();
            foreach (RssFlowType type in types)
            {
                after[type.ToString()] = RssFieldsText.Of(fields);
            }

            return new PlannedChange(this, interfaceName, before, after);
        });

    private static IEnumerable<(RssFlowType Type, RssFields Fields)> Each(JToken value) =>
        ((JObject)value).Properties().Select(property => (Enum.Parse<RssFlowType>(property.Name), RssFieldsText.Parse((string)property.Value!)));
}
