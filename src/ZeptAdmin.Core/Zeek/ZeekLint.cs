using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Zeek;

/// <summary>Checks a node.cfg or zeek.conf by itself and against the machine (field.md J1 to J14).</summary>
public static class ZeekLint
{
    /// <summary>The rules, in the order of the rows.</summary>
    internal static IReadOnlyList<ConfigRule> Rules { get; } = ConfigRule.InOrder([.. ZeekFileRules.All, .. ZeekPacketRules.All, .. ZeekPinRules.All, .. ZeekScriptRules.All]);

    /// <summary>All that was found, in the order of the rows.</summary>
    /// <param name="config">The file.</param>
    /// <param name="sensor">The machine that it is for.</param>
    public static ConfigCheck[] Test(ZeekNodeConfig config, Sensor sensor)
    {
        ZeekLintSubject subject = new(config, new WorkerMachine(sensor), sensor.Files);
        ConfigCheck[] found = ConfigRule.InOrder([.. ZeekFileRules.Run(subject), .. ZeekPacketRules.Run(subject), .. ZeekPinRules.Run(subject), .. ZeekScriptRules.Run(subject)]);
        return [.. found.Select(check => check with { Path = config.Path })];
    }
}

/// <summary>What the checks look at.</summary>
internal sealed class ZeekLintSubject(ZeekNodeConfig config, WorkerMachine machine, FileTree files)
{
    /// <summary>The file.</summary>
    public ZeekNodeConfig Config { get; } = config;

    /// <summary>The file by lines.</summary>
    public ZeekIni Ini { get; } = new(config.Text, config.Format);

    /// <summary>The machine.</summary>
    public WorkerMachine Machine { get; } = machine;

    /// <summary>Its files.</summary>
    public FileTree Files { get; } = files;

    /// <summary>True for node.cfg.</summary>
    public bool IsNodeCfg => Config.Format == ZeekConfigFormat.NodeCfg;

    /// <summary>Workers.</summary>
    public IEnumerable<ZeekNode> Workers => Config.Nodes.Where(node => node.Type is ZeekNodeType.Worker or ZeekNodeType.Standalone);

    /// <summary>True when a node runs on the machine that is looked at: all do where the file names one host only.</summary>
    public bool IsHere(ZeekNode node) =>
        ZeekValues.IsLocal(node.Host) || node.Host == Machine.Name || Config.Nodes.Select(other => other.Host).Distinct().Count() <= 1;

    /// <summary>Line of an option of a node.</summary>
    public int LineOf(ZeekNode node, string key) =>
        Ini.Options.FirstOrDefault(option => option.Key == key && option.Line >= node.Line && (option.Section == node.Name || !IsNodeCfg))?.Line ?? node.Line;

    /// <summary>Line of the CPUs of a node.</summary>
    public int PinLine(ZeekNode node) => LineOf(node, IsNodeCfg ? "pin_cpus" : node.Type switch
    {
        ZeekNodeType.Manager => "manager_cpu_set",
        ZeekNodeType.Logger => "logger_cpu_set",
        ZeekNodeType.Proxy => "proxy_cpu_set",
        _ => "workers_cpu_list",
    });

    /// <summary>CPUs that a node's processes really get: zeekctl repeats a short list and leaves out the tail of a long one; a node without lb_procs has the first.</summary>
    public int[] CpusOf(ZeekNode node) =>
        node.PinCpus.Length == 0 ? []
        : !IsNodeCfg && node.Type != ZeekNodeType.Worker ? node.PinCpus
        : [.. Enumerable.Range(0, node.Processes).Select(i => node.PinCpus[i % node.PinCpus.Length])];
}

/// <summary>Results of a rule about nodes of Zeek's files.</summary>
internal static class ZeekResults
{
    /// <summary>A result about a node.</summary>
    public static ConfigCheck Result(this ConfigRule rule, CheckSeverity severity, ZeekNode? node, int? line, string actual, string remedy = "") =>
        rule.Result(severity, node?.Name ?? "", null, line, actual, remedy);
}
