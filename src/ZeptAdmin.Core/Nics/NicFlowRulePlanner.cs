using System.Globalization;
using ZeptAdmin.Changes;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>The change that a wished flow rule comes to.</summary>
/// <param name="Change">The change.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Warnings">What may come as a surprise, as sentences.</param>
public sealed record NicFlowRulePlan(PlannedChange Change, NicFlowRule Rule, string[] Warnings);

/// <summary>Turns wished flow rules into changes, and refuses what the driver is known to refuse before anything is written.</summary>
public static class NicFlowRulePlanner
{
    private static readonly NicFlowRuleSetting Setting = new();

    /// <summary>The change that adds a rule; an idle one when the rule is there already.</summary>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<NicFlowRulePlan> Add(Sensor sensor, string interfaceName, NicFlowRuleWish wish)
    {
        Answer<EthtoolFlowTable> read = EthtoolFlowRules.Get(sensor.Ethtool, interfaceName);
        if (!read.Try(out EthtoolFlowTable? table))
        {
            return read.Refusal!;
        }

        (EthtoolFlowRule? encoded, string? problem) = NicFlowRuleEncoder.Encode(wish);
        if (encoded is null)
        {
            return Refuse(Errno.EINVAL, interfaceName, problem!);
        }

        NicFlowRule rule = NicFlowRules.Decode(interfaceName, encoded);
        NicFlowRule[] present = Array.ConvertAll(table.Rules, other => NicFlowRules.Decode(interfaceName, other, table.Size));
        string driver = EthtoolDriverInfo.NameOf(sensor.Ethtool, interfaceName) ?? "";
        NicFlowRule? twin = Array.Find(present, other => other.Match == rule.Match && other.Target == rule.Target && (wish.Location is null || other.Location == wish.Location));
        if (twin is not null)
        {
            return new NicFlowRulePlan(new PlannedChange(Setting, interfaceName, NicFlowRuleSetting.Value(table), NicFlowRuleSetting.Value(table)), twin, []);
        }

        Answer<uint> location = Place(table, interfaceName, wish.Location);
        Refusal? refusal = NtupleIsOff(sensor, interfaceName, driver) ?? QueueIsMissing(sensor, interfaceName, wish)
            ?? FlowRuleLimits.Predict(driver, rule, present) ?? location.Refusal;
        if (refusal is not null)
        {
            return refusal;
        }

        EthtoolFlowRule placed = encoded with { Spec = encoded.Spec with { Location = location.Value } };
        return new NicFlowRulePlan(
            new PlannedChange(Setting, interfaceName, NicFlowRuleSetting.Value(table), NicFlowRuleSetting.Value(table with { Rules = [.. table.Rules, placed] })),
            NicFlowRules.Decode(interfaceName, placed, table.Size),
            Warnings(driver, rule));
    }

    /// <summary>The change that removes rules by their locations.</summary>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<PlannedChange> Remove(Sensor sensor, string interfaceName, long[] locations)
    {
        Answer<EthtoolFlowTable> read = EthtoolFlowRules.Get(sensor.Ethtool, interfaceName);
        if (!read.Try(out EthtoolFlowTable? table))
        {
            return read.Refusal!;
        }

        long[] missing = [.. locations.Where(location => !Array.Exists(table.Rules, rule => rule.Spec.Location == location))];
        return missing.Length > 0
            ? new Refusal(Errno.ENOENT, $"find flow rule {string.Join(", ", missing)}", interfaceName) { Detail = "Get-NicFlowRule lists those that are there." }
            : new PlannedChange(
                Setting,
                interfaceName,
                NicFlowRuleSetting.Value(table),
                NicFlowRuleSetting.Value(table with { Rules = Array.FindAll(table.Rules, rule => !locations.Contains(rule.Spec.Location)) }));
    }

    internal static Refusal Refuse(Errno errno, string interfaceName, string detail) => new(errno, "add a flow rule", interfaceName) { Detail = detail };

    // As the rule manager of ethtool (rxclass.c): the highest free place, which is the last to be looked at.
    private static Answer<uint> Place(EthtoolFlowTable table, string interfaceName, uint? wanted)
    {
        if (table.PicksLocations)
        {
            return wanted is null ? EthtoolFlows.RX_CLS_LOC_ANY : Refuse(Errno.EINVAL, interfaceName, "The driver finds the places of rules itself; leave out Location.");
        }

        if (table.Size is not uint size)
        {
            return Refuse(Errno.EOPNOTSUPP, interfaceName, "The driver tells no size of its table of rules; it has none, most likely.");
        }

        HashSet<uint> taken = [.. table.Rules.Select(rule => rule.Spec.Location)];
        if (wanted is uint location)
        {
            return location >= size
                ? Refuse(Errno.EINVAL, interfaceName, string.Create(CultureInfo.InvariantCulture, $"The table has the places 0 to {size - 1}."))
                : taken.Contains(location)
                    ? Refuse(Errno.EINVAL, interfaceName, string.Create(CultureInfo.InvariantCulture, $"There is a rule at {location}; remove it first, or leave out Location."))
                    : location;
        }

        for (uint place = size; place-- > 0;)
        {
            if (!taken.Contains(place))
            {
                return place;
            }
        }

        return Refuse(Errno.ENOSPC, interfaceName, string.Create(CultureInfo.InvariantCulture, $"All {size} places are taken."));
    }

    // field.md G7
    private static Refusal? NtupleIsOff(Sensor sensor, string interfaceName, string driver)
    {
        const string Ntuple = "rx-ntuple-filter";
        return DriverTable.Find(driver) is { RulesNeedNtuple: true }
            && NicFeatures.Get(sensor, interfaceName).Try(out NicFeature[]? features)
            && Array.Find(features, feature => feature.Feature == Ntuple) is { IsOn: false }
                ? Refuse(Errno.EOPNOTSUPP, interfaceName, $"{driver} takes rules only while {Ntuple} is on: Set-NicFeature {CommandWord.Quote(interfaceName)} -Feature {Ntuple} -On (field.md G7).")
                : null;
    }

    private static Refusal? QueueIsMissing(Sensor sensor, string interfaceName, NicFlowRuleWish wish) =>
        wish.Action == FlowRuleAction.Queue && EthtoolRxRings.Get(sensor.Ethtool, interfaceName).Try(out int rings) && wish.ActionTarget >= rings
            ? Refuse(Errno.EINVAL, interfaceName, string.Create(CultureInfo.InvariantCulture, $"It has {rings} receive queues, 0 to {rings - 1}."))
            : null;

    private static string[] Warnings(string driver, NicFlowRule rule)
    {
        List<string> warnings = [];
        if (rule.Action == FlowRuleAction.Drop)
        {
            warnings.Add($"What matches '{rule.Match}' is dropped in the card: no sensor sees it and no log tells of it (field.md G9). Keep it in the inventory.");
        }

        if (DriverTable.Find(driver)?.AtrFlag is string flag && rule.FlowType == FlowRuleType.Tcp4)
        {
            warnings.Add($"{driver} turns application-targeted routing ({flag}) off while there is a rule on TCP (field.md G1).");
        }

        if (FlowRuleLimits.IsOfOtherPackets(driver, rule))
        {
            warnings.Add($"{driver} takes by '{rule.Match}' fragments and what is neither TCP, UDP nor SCTP; those need rules of their own kinds.");
        }

        return [.. warnings];
    }
}
