using ZeptAdmin.Changes;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>What a card forgets when it is reset: by a change of rings, of channels, of most private flags.</summary>
/// <remarks>field.md F8, H8, I1, I11 and its section 6: the steps after a reset are verified again, and put back where they were lost.</remarks>
public static class NicDisturbance
{
    /// <summary>Settings to look after when an interface resets.</summary>
    public static IEnumerable<SettingKey> OfReset(Sensor sensor, string interfaceName)
    {
        yield return new SettingKey("NicRss", interfaceName);
        yield return new SettingKey("NicHashFields", interfaceName);
        yield return new SettingKey("NicFlowRule", interfaceName);
        yield return new SettingKey("NicCoalesce", interfaceName);
        yield return new SettingKey("IrqAffinity", interfaceName);
        foreach (string queue in sensor.Files.List($"/sys/class/net/{interfaceName}/queues"))
        {
            yield return new SettingKey(queue.StartsWith("rx-", StringComparison.Ordinal) ? "QueueRps" : "QueueXps", $"{interfaceName}/{queue}");
        }
    }
}
