using BenchmarkDotNet.Attributes;

namespace ZeptAdmin.Benchmarks;

/// <summary>Each reader in a warm engine against starting the tool that people read the same from. Goal: every ratio well under 1.</summary>
public class ReplacedToolBenchmark
{
    private WarmEngine _engine = null!;

    public static IEnumerable<Replacement> Replacements =>
    [
        new("Get-NsmTopology", "lscpu", "-J"),
        new("Get-NsmTopology", "lstopo-no-graphics", "--of", "xml"),
        new("Get-Nic eth0", "ethtool", "-i", "eth0"),
        new("Get-NicFeature eth0", "ethtool", "-k", "eth0"),
        new("Get-NicRing eth0", "ethtool", "-g", "eth0"),
        new("Get-NicChannel eth0", "ethtool", "-l", "eth0"),
        new("Get-NicCoalesce eth0", "ethtool", "-c", "eth0"),
        new("Get-NicCounter eth0", "ethtool", "-S", "eth0"),
        new("Get-IrqAffinity eth0", "cat", "/proc/interrupts"),
        new("Get-SoftnetStat", "cat", "/proc/net/softnet_stat"),
        new("Get-NetBudget", "sysctl", "net.core.netdev_budget", "net.core.netdev_budget_usecs", "net.core.dev_weight"),
    ];

    [ParamsSource(nameof(Replacements))]
    public Replacement Pair { get; set; } = null!;

    [GlobalSetup]
    public void Open() => _engine = new WarmEngine();

    [GlobalCleanup]
    public void Close() => _engine.Dispose();

    [Benchmark(Baseline = true)]
    public int StartTheTool() => Tool.Run(Pair.Name, Pair.Arguments);

    [Benchmark]
    public int AskTheModule() => _engine.Run(Pair.Command);
}

/// <summary>A command of the module and the tool that it replaces.</summary>
public sealed class Replacement(string command, string name, params string[] arguments)
{
    public string Command { get; } = command;

    public string Name { get; } = name;

    public string[] Arguments { get; } = arguments;

    public override string ToString() => $"{Command} | {Name} {string.Join(' ', Arguments)}";
}
