using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Balance;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Flows;

/// <summary>Settings of a card together with those who capture from it, so that a balance tells what each worker gets.</summary>
public static class WorkerBalance
{
    /// <summary>The setting that a card has now, with its workers; two where the card may use another key than it shows (field.md H15).</summary>
    /// <returns>The settings, the one that the card shows first; or why its queues cannot be foretold. Unknown workers are left out.</returns>
    public static Answer<RssBalanceSetting[]> SettingsOf(Sensor sensor, string interfaceName) =>
        RssBalanceSetting.Of(sensor, interfaceName).Select(settings =>
        {
            Dictionary<int, int?> nodes = NsmTopologies.Get(sensor).Threads.ToDictionary(thread => thread.Cpu, thread => thread.Node);
            return FlowWorkers.Read(sensor, interfaceName, nodes).Try(out FlowWorkers? workers) && !workers.IsEmpty
                ? Array.ConvertAll(settings, setting => setting.With(
                    workers.GroupsByQueue(setting.Queues), [.. workers.NotByQueue, .. workers.IsOrderAssumed ? (string[])[FlowWorkers.OrderIsAssumed] : []]))
                : settings;
        });
}
