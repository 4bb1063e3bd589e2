using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Flows;

/// <summary>Settings of a card together with those who capture from it, so that a balance tells what each worker gets.</summary>
public static class WorkerBalance
{
    /// <summary>The setting that a card has now, with its workers; two where the card may use another key than it shows (field.md H15).</summary>
    /// <returns>The settings, the one that the card shows first; or why its queues cannot be foretold. Unknown workers are left out.</returns>
    public static Answer<RssBalanceSetting[]> SettingsOf(Sensor sensor, string interfaceName)
    {
        Answer<NicRss> shown = NicRssReader.Get(sensor, interfaceName);
        if (!shown.Try(out NicRss? rss))
        {
            return shown.Refusal!;
        }

        List<string> notes = [];
        NicFlowRule[] rules = NicFlowRules.Get(sensor, interfaceName).Try(out NicFlowRule[]? found) ? found : [];
        int steering = rules.Count(rule => rule.Action != FlowRuleAction.WakeOnLan);
        if (steering > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The card has {(steering == 1 ? "a flow rule that goes" : $"{steering} flow rules that go")} before the hash, which is not reckoned with here: see Get-NicFlowRule and Resolve-NsmFlow."));
        }

        if (FlowSurroundings.AtrOf(sensor, interfaceName, rss.Driver, rules) is string atr)
        {
            notes.Add(atr);
        }

        return SettingsOf(rss, KernelVersion.Of(sensor.Files), notes).Select(settings =>
        {
            Dictionary<int, int?> nodes = NsmTopologies.Get(sensor).Threads.ToDictionary(thread => thread.Cpu, thread => thread.Node);
            FlowWorkers? workers = FlowWorkers.Read(sensor, interfaceName, nodes).Try(out FlowWorkers? read) && !read.IsEmpty ? read : null;
            return workers is null && notes.Count == 0
                ? settings
                : Array.ConvertAll(settings, setting => setting.With(
                    workers?.GroupsByQueue(setting.Queues) ?? [],
                    [.. notes, .. workers?.NotByQueue ?? [], .. workers?.IsOrderAssumed == true ? (string[])[FlowWorkers.OrderIsAssumed] : []]));
        });
    }

    /// <summary>The settings that a card may have, taken as Resolve-NsmFlow takes them; what was assumed is added to the notes.</summary>
    internal static Answer<RssBalanceSetting[]> SettingsOf(NicRss rss, KernelVersion? kernel, List<string> notes) =>
        RssBalanceSetting.Of(FlowSurroundings.WithTransform(rss, notes), kernel);
}
