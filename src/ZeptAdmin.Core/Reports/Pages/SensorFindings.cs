using System.Globalization;
using ZeptAdmin.Audit;
using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Reports;

/// <summary>What is known of one sensor, gathered for a report.</summary>
internal sealed class SensorFindings(string? key)
{
    /// <summary>Name by which its records came; null for records that name no sensor.</summary>
    public string? Key { get; } = key;

    /// <summary>Name of the sensor.</summary>
    public string Name => Key ?? GivenName ?? Topology?.Sensor ?? "Sensor without a name";

    /// <summary>Name given to records that name no sensor; null when none was given.</summary>
    public string? GivenName { get; set; }

    /// <summary>Results of checks.</summary>
    public List<CheckResult> Checks { get; } = [];

    /// <summary>Losses by layer, as they came.</summary>
    public List<PacketDrop> Drops { get; } = [];

    /// <summary>The machine; null when nobody told.</summary>
    public NsmTopology? Topology { get; set; }

    /// <summary>Its cards.</summary>
    public List<Nic> Nics { get; } = [];

    /// <summary>Where interrupts go.</summary>
    public List<IrqAffinity> Irqs { get; } = [];

    /// <summary>Its AF_PACKET sockets, whose owners are the workers.</summary>
    public List<AfPacketSocket> Sockets { get; } = [];

    /// <summary>The plan that it should follow; null when nobody told.</summary>
    public NsmPlan? Plan { get; set; }

    /// <summary>How it differs from a plan, row by row.</summary>
    public List<PlanDrift> Drifts { get; } = [];

    /// <summary>What went wrong in asking it, as sentences.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>True when it gave nothing.</summary>
    public bool IsSilent => Checks.Count == 0 && Drops.Count == 0 && Drifts.Count == 0 && Topology is null;

    /// <summary>The chains of its interfaces: each ends with its verdict.</summary>
    public IEnumerable<(PacketDrop[] Layers, PacketDrop? Verdict)> Chains()
    {
        List<PacketDrop> layers = [];
        foreach (PacketDrop row in Drops.Where(row => row is { Queue: null, Cpu: null, Worker: null }))
        {
            if (row.Layer != DropLayer.Verdict)
            {
                layers.Add(row);
                continue;
            }

            yield return ([.. layers], row);
            layers.Clear();
        }

        if (layers.Count > 0)
        {
            yield return ([.. layers], null);
        }
    }

    /// <summary>How many checks came out so.</summary>
    public int Count(CheckSeverity severity) => Checks.Count(check => check.Severity == severity);

    /// <summary>How many rows of the plan the machine does not follow.</summary>
    public int Drifted => Drifts.Count(drift => drift.State == PlanRowState.Drifted);

    /// <summary>The worst that is known of it.</summary>
    public CheckSeverity Worst() =>
        Losses().Any() || Count(CheckSeverity.Fail) > 0 ? CheckSeverity.Fail
        : IsSilent || Problems.Count > 0 ? CheckSeverity.Unknown
        : Count(CheckSeverity.Warn) > 0 || Drifted > 0 ? CheckSeverity.Warn
        : Count(CheckSeverity.Unknown) > 0 ? CheckSeverity.Unknown
        : CheckSeverity.Pass;

    /// <summary>That in a sentence or two.</summary>
    public string Verdict()
    {
        if (IsSilent)
        {
            return Problems.Count > 0 ? "It gave no result." : "Nothing is known of it.";
        }

        List<string> parts = [.. Losses()];
        if (parts.Count == 0 && Drops.Exists(row => row.Layer == DropLayer.Verdict))
        {
            parts.Add("No layer that is counted loses packets");
        }

        if (Checks.Count > 0)
        {
            (int fail, int warn, int unknown) = (Count(CheckSeverity.Fail), Count(CheckSeverity.Warn), Count(CheckSeverity.Unknown));
            string[] counts =
            [
                .. fail > 0 ? [$"{Words.Count(fail, "check")} {(fail == 1 ? "fails" : "fail")}"] : (string[])[],
                .. warn > 0 ? [$"{Words.Count(warn, "check")} {(warn == 1 ? "warns" : "warn")}"] : (string[])[],
                .. unknown > 0 ? [$"{Words.Count(unknown, "check")} came to no verdict"] : (string[])[],
            ];
            parts.Add(counts.Length == 0 ? $"all {Words.Count(Count(CheckSeverity.Pass), "check")} pass" : string.Join(", ", counts));
        }

        if (Drifts.Count > 0)
        {
            parts.Add(Drifted == 0 ? "it is as the plan says" : $"{Words.Count(Drifted, "row")} of the plan {(Drifted == 1 ? "is" : "are")} not in place");
        }

        if (Problems.Count > 0)
        {
            parts.Add("not all of it could be asked");
        }

        return string.Concat(parts.Select(part => $"{char.ToUpperInvariant(part[0])}{part[1..]}. ")).TrimEnd();
    }

    private IEnumerable<string> Losses() =>
        from row in Drops
        where row is { Layer: DropLayer.Verdict, LossyLayer: not null }
        let share = row.Ratio is double ratio ? string.Create(CultureInfo.InvariantCulture, $" ({100 * ratio:0.####} %)") : ""
        select row.LossyLayer == DropLayer.Upstream
            ? $"{row.InterfaceName}: lost before this machine{share}"
            : $"{row.InterfaceName} loses packets at: {row.LossyLayer}{share}";
}
