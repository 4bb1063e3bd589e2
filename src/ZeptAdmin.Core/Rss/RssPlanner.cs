using System.Globalization;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Rss;

/// <summary>Turns a wish into changes, and refuses what the driver is known to refuse before anything is written.</summary>
/// <remarks>Fields are changed only when they are asked for (field.md R2): sources differ on sd against sdfn, so the module does not choose.</remarks>
public static class RssPlanner
{
    private static readonly RssFlowType[] UsualTypes = [RssFlowType.Tcp4, RssFlowType.Udp4, RssFlowType.Tcp6, RssFlowType.Udp6];

    /// <summary>The changes of one interface.</summary>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<RssPlan> Plan(Sensor sensor, string interfaceName, RssWish wish)
    {
        Answer<NicRss> read = NicRssReader.Get(sensor, interfaceName);
        if (!read.Try(out NicRss? now))
        {
            return read.Refusal!;
        }

        bool asks = wish is not { Key: null, Function: null, InputTransform: null, QueueCount: null, Table: null, Weights: null };

        // A record of Get-NicRss that is piped in brings its key along; that is no wish for another.
        wish = Equals(wish.Key, now.Key) ? wish with { Key = null } : wish;
        KernelVersion? kernel = KernelVersion.Of(sensor.Files);
        RssFlowType[] types = wish.FlowTypes.Length > 0 ? wish.FlowTypes : [.. UsualTypes.Where(type => Array.Exists(now.Fields, fields => fields.FlowType == type))];
        NicRss after = now with
        {
            Fields = wish.Fields is RssFields wanted ? Array.ConvertAll(now.Fields, fields => types.Contains(fields.FlowType) ? fields with { Fields = wanted } : fields) : now.Fields,
            Function = wish.Function ?? now.Function,
            Key = wish.Key ?? now.Key,
            InputTransform = wish.InputTransform ?? now.InputTransform,
        };
        Answer<int[]> table = RssTables.Wanted(now, wish);
        Refusal? refusal = RssRefusals.OfFields(now, wish, types) ?? RssRefusals.OfFunction(now, wish) ?? RssRefusals.OfTransform(now, wish, kernel)
            ?? RssRefusals.OfKey(now, wish.Key) ?? table.Refusal;
        if (refusal is not null)
        {
            return refusal;
        }

        RssPlan plan = new([], [], []);
        if (wish.IsSymmetric)
        {
            Answer<(NicRss After, RssPlan Plan)> symmetric = RssSymmetryChoice.Make(sensor, now, after, wish, kernel);
            if (!symmetric.Try(out (NicRss After, RssPlan Plan) choice))
            {
                return symmetric.Refusal!;
            }

            (after, plan) = choice;
        }

        return (RssRefusals.OfKeyAndTransform(after) ?? RssRefusals.OfFieldsAndTransform(after)) is Refusal contradiction
            ? contradiction
            : Changes(sensor, now, after, table.Value, asks || (wish.IsSymmetric && plan.Remarks.Length == 0), wish.Fields, types).Select(changes => plan with { Changes = changes });
    }

    // Fields first: the kernel wants them two-sided before it takes a symmetric transformation.
    private static Answer<PlannedChange[]> Changes(Sensor sensor, NicRss now, NicRss after, int[] table, bool asks, RssFields? fields, RssFlowType[] types)
    {
        List<PlannedChange> changes = [];
        List<Answer<PlannedChange>> wanted = [];
        if (fields is not null)
        {
            wanted.Add(new NicHashFieldsSetting().Plan(sensor, now.InterfaceName, types, fields.Value));
        }

        // A change that changes nothing is kept where it was asked for, to be told as such.
        if (asks || !Equals(after.Key, now.Key) || after.Function != now.Function || after.InputTransform != now.InputTransform)
        {
            wanted.Add(new NicRssSetting().Plan(
                sensor,
                now.InterfaceName,
                Equals(after.Key, now.Key) ? null : after.Key,
                after.Function == now.Function ? null : (byte)(1 << Array.IndexOf(now.KnownFunctions, after.Function)),
                after.InputTransform == now.InputTransform ? null : after.InputTransform,
                table.Length > 0 ? table : null));
        }

        foreach (Answer<PlannedChange> answer in wanted)
        {
            if (!answer.Try(out PlannedChange? change))
            {
                return answer.Refusal!;
            }

            changes.Add(change);
        }

        return changes.ToArray();
    }

    internal static Refusal Refuse(Errno errno, NicRss rss, string operation, FormattableString detail) =>
        new(errno, operation, rss.InterfaceName) { Detail = detail.ToString(CultureInfo.InvariantCulture) };
}
