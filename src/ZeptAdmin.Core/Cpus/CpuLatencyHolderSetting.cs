using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>The limit of wake-up latency that this module holds for the machine, in microseconds; null when it holds none.</summary>
public sealed class CpuLatencyHolderSetting : Setting
{
    /// <summary>Its one target.</summary>
    internal const string Target = "machine";

    /// <inheritdoc/>
    public override string Kind => "CpuLatencyLimit";

    /// <inheritdoc/>
    public override Answer<JToken> Read(Sensor sensor, string target) =>
        Value(CpuLatencyHolders.Find(sensor.Files).Min(holder => (int?)holder.Microseconds));

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        int? wanted = (int?)value["microseconds"];
        CpuLatencyHolder[] before = [.. CpuLatencyHolders.Find(sensor.Files)];

        // The new one first: between the two, the old limit stands.
        if (wanted is int microseconds && !Array.Exists(before, holder => holder.Microseconds == microseconds)
            && CpuLatencyHolders.Start(sensor.Files, microseconds) is Refusal refusal)
        {
            return refusal;
        }

        return before.Where(holder => holder.Microseconds != wanted)
            .Select(holder => CpuLatencyHolders.End(sensor.Files, holder))
            .FirstOrDefault(refused => refused is not null);
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) =>
        $"Set the limit of wake-up latency that is held for all CPUs from {InWords(before)} to {InWords(after)}";

    /// <summary>The value of a limit.</summary>
    internal static JToken Value(int? microseconds) => new JObject { ["microseconds"] = microseconds };

    private static string InWords(JToken value) => (int?)value["microseconds"] is int limit ? string.Create(CultureInfo.InvariantCulture, $"{limit} us") : "none";
}
