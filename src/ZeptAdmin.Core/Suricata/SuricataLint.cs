using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Suricata;

/// <summary>Checks a configuration of Suricata by itself and against the machine (field.md L1 to L15, J6, J9).</summary>
public static class SuricataLint
{
    /// <summary>The rules, in the order of the rows.</summary>
    internal static IReadOnlyList<ConfigRule> Rules { get; } = ConfigRule.InOrder([.. SuricataFileRules.All, .. SuricataCaptureRules.All, .. SuricataCpuRules.All, .. SuricataMemoryRules.All]);

    /// <summary>All that was found, in the order of the rows.</summary>
    /// <param name="config">The file; what it includes is read again.</param>
    /// <param name="sensor">The machine that it is for.</param>
    /// <param name="files">Where the included files are; null for those of the machine.</param>
    /// <exception cref="KernelFormatException">An included file is no YAML.</exception>
    public static ConfigCheck[] Test(SuricataConfig config, Sensor sensor, FileTree? files = null)
    {
        SuricataFile file = SuricataFile.Read(config.Text, config.Path, config.Path is null ? null : files ?? sensor.Files);
        SuricataLintSubject subject = new(config, file, new WorkerMachine(sensor), sensor);
        return ConfigRule.InOrder([.. SuricataFileRules.Run(subject), .. SuricataCaptureRules.Run(subject), .. SuricataCpuRules.Run(subject), .. SuricataMemoryRules.Run(subject)]);
    }
}

/// <summary>What the checks look at.</summary>
internal sealed class SuricataLintSubject(SuricataConfig config, SuricataFile file, WorkerMachine machine, Sensor sensor)
{
    /// <summary>The configuration.</summary>
    public SuricataConfig Config { get; } = config;

    /// <summary>Its files.</summary>
    public SuricataFile File { get; } = file;

    /// <summary>What is in force.</summary>
    public SuricataNode Root => File.Root;

    /// <summary>The machine.</summary>
    public WorkerMachine Machine { get; } = machine;

    /// <summary>The machine, to ask.</summary>
    public Sensor Sensor { get; } = sensor;

    /// <summary>Threads of an interface as far as they are known: those named, else what <c>auto</c> makes of the machine.</summary>
    public int? ThreadsOf(SuricataInterface card) => card.Threads
        ?? (card.ClusterType == "cluster_qm" ? Machine.Queues(card.InterfaceName) : Machine.Topology.OnlineCpus.IsEmpty ? null : card.ClusterType == "cluster_flow" ? Machine.Topology.OnlineCpus.Count : 1);

    /// <summary>Where a key of an interface stands: in its own part, in that of <c>default</c>, else the interface itself.</summary>
    public SuricataNode? NodeOf(SuricataInterface card, string key)
    {
        SuricataNode? own = Root["af-packet"]?.Children.Find(item => item["interface"]?.Value == card.InterfaceName);
        return own?[key] ?? Root["af-packet"]?.Children.Find(item => item["interface"]?.Value == "default")?[key] ?? own;
    }
}
