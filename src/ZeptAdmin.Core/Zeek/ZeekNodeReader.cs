using System.Globalization;
using System.Text.RegularExpressions;

namespace ZeptAdmin.Zeek;

/// <summary>What the options of a file mean: nodes, and the processes that they make.</summary>
internal static partial class ZeekNodeReader
{
    /// <summary>Section of zeek.conf that is about the whole host.</summary>
    public const string HostSection = "zeek";

    private const string Prefix = "af_packet::";
    private const string InterfaceSection = "interface";
    private const string Defaults = "DEFAULT";

    private static readonly string[] OwnKeys = ["type", "host", "interface", "lb_procs", "lb_method", "pin_cpus", "env_vars"];
    private static readonly string[] OwnConfKeys = ["interface", "workers", "workers_cpu_list", "worker_env"];

    /// <summary>The nodes of a file.</summary>
    public static ZeekNode[] Read(ZeekIni ini, ZeekConfigFormat format) => format == ZeekConfigFormat.NodeCfg ? ReadNodeCfg(ini) : ReadZeekConf(ini);

    /// <summary>Which of the two files a text is.</summary>
    public static ZeekConfigFormat Guess(string text)
    {
        ZeekIni conf = new(text, ZeekConfigFormat.ZeekConf);
        return conf.Options.Any(option => option.Key == "workers" || (option.Section == HostSection && option.Key is "manager" or "loggers" or "proxies"))
            || conf.Sections.Any(section => section.Name == HostSection || section.Name.StartsWith(InterfaceSection + " ", StringComparison.Ordinal))
            ? ZeekConfigFormat.ZeekConf
            : ZeekConfigFormat.NodeCfg;
    }

    /// <summary>The processes that look at packets.</summary>
    public static ZeekWorker[] Workers(ZeekNode[] nodes) => [.. nodes.Where(node => node.Type is ZeekNodeType.Worker or ZeekNodeType.Standalone).SelectMany(WorkersOf)];

    /// <summary>How the kernel spreads packets over a node's workers: <c>FANOUT_HASH</c> unless the file says otherwise.</summary>
    public static string FanoutMode(ZeekNode node) => Option(node, "fanout_mode")?.Value.Split("::")[^1] ?? "FANOUT_HASH";

    /// <summary>A setting of AF_PACKET, of node.cfg or of zeek.conf; null when the file does not say.</summary>
    public static ZeekOption? Option(ZeekNode node, string key) => Array.Find(node.Options, option => option.Key == "af_packet_" + key);

    /// <summary>True when packets come from AF_PACKET.</summary>
    public static bool IsAfPacket(ZeekNode node) => node.LoadBalanceMethod == "af_packet" || node.Interface?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    /// <summary>CPUs of a list of zeek.conf (<c>0-8:2,10</c>), in its order; null when it is none.</summary>
    public static int[]? CpusOfConf(string text)
    {
        List<int> cpus = [];
        foreach (string part in text.Length == 0 ? [] : text.Split(','))
        {
            Match range = ConfRange().Match(part);
            if (!range.Success || !Number(range.Groups[1].Value, out int first))
            {
                return null;
            }

            int last = first;
            int step = 1;
            if ((range.Groups[2].Success && (!Number(range.Groups[2].Value, out last) || last < first)) || (range.Groups[3].Success && (!Number(range.Groups[3].Value, out step) || step < 1)))
            {
                return null;
            }

            for (int cpu = first; cpu <= last; cpu += step)
            {
                cpus.Add(cpu);
            }
        }

        return [.. cpus];
    }

    /// <summary>Section of zeek.conf that a node of workers is.</summary>
    public static string SectionOf(ZeekIni ini, ZeekNode worker) => ini.Sections.Count == 0 ? "" : $"{InterfaceSection} {worker.Name["worker-".Length..]}";

    /// <summary>A zeek.conf with another setting of AF_PACKET among the arguments of a section's workers; all other arguments stay.</summary>
    public static ZeekIni WithArgument(ZeekIni ini, string section, string key, string value)
    {
        string name = $"AF_Packet::{key}=";
        string[] words = [.. (ini.Find(section, "worker_args")?.Values ?? []).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        bool isThere = Array.Exists(words, word => word.StartsWith(name, StringComparison.Ordinal));
        string[] changed = isThere ? Array.ConvertAll(words, word => word.StartsWith(name, StringComparison.Ordinal) ? name + value : word) : [.. words, name + value];
        return ini.With(section, "worker_args", string.Join(' ', changed));
    }

    private static IEnumerable<ZeekWorker> WorkersOf(ZeekNode node)
    {
        bool isByQueue = IsAfPacket(node) && FanoutMode(node) == "FANOUT_QM";
        for (int i = 0; i < node.Processes; i++)
        {
            yield return new ZeekWorker
            {
                Name = node.Options.Any(option => option.Key == "workers") || node.LoadBalanceMethod is not null || node.Processes > 1 ? $"{node.Name}-{i + 1}" : node.Name,
                Host = node.Host,
                InterfaceName = node.InterfaceName,
                Cpu = node.PinCpus.Length == 0 ? null : node.PinCpus[i % node.PinCpus.Length],
                Queue = isByQueue ? (i + node.Processes - 1) % node.Processes : null,
            };
        }
    }

    private static ZeekNode[] ReadNodeCfg(ZeekIni ini)
    {
        List<ZeekNode> nodes = [];
        foreach ((string name, int line) in ini.Sections.DistinctBy(section => section.Name).Where(section => section.Name != Defaults))
        {
            Dictionary<string, ZeekIniOption> options = ini.Of(Defaults).Concat(ini.Of(name)).GroupBy(option => option.Key.Replace('.', '_')).ToDictionary(same => same.Key, same => same.Last());
            string Value(string key) => options.TryGetValue(key, out ZeekIniOption? option) ? option.Value : "";
            string? from = Value("interface") is { Length: > 0 } written ? written : null;
            nodes.Add(new ZeekNode
            {
                Name = name,
                Line = line,
                Type = TypeOf(Value("type")),
                Host = Value("host"),
                Interface = from,
                InterfaceName = NameOf(from),
                Processes = Number(Value("lb_procs"), out int processes) && processes > 0 ? processes : 1,
                LoadBalanceMethod = Value("lb_method") is { Length: > 0 } method ? method : null,
                PinCpus = [.. Value("pin_cpus").Split(',').Select(item => Number(item.Trim(), out int cpu) ? cpu : -1).Where(cpu => cpu >= 0)],
                Environment = [.. Value("env_vars").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
                Options = [.. options.Where(option => !OwnKeys.Contains(option.Key)).Select(option => new ZeekOption { Key = option.Key, Value = option.Value.Value, Line = option.Value.Line })],
            });
        }

        return [.. nodes];
    }

    private static ZeekNode[] ReadZeekConf(ZeekIni ini)
    {
        string host = ini.Sections.Any() ? HostSection : "";
        int line = ini.Sections.FirstOrDefault(section => section.Name == HostSection).Line;
        List<ZeekNode> nodes = [];
        foreach ((ZeekNodeType type, string key, string cpus) in ((ZeekNodeType, string, string)[])[(ZeekNodeType.Manager, "manager", "manager_cpu_set"), (ZeekNodeType.Logger, "loggers", "logger_cpu_set"), (ZeekNodeType.Proxy, "proxies", "proxy_cpu_set")])
        {
            if (ini.Find(host, key) is ZeekIniOption option && Number(option.Value, out int count) && count > 0)
            {
                nodes.Add(new ZeekNode { Name = type.ToString().ToLowerInvariant(), Type = type, Processes = count, Line = option.Line, PinCpus = CpusOfConf(ini.Find(host, cpus)?.Value ?? "") ?? [] });
            }
        }

        foreach ((string name, int first) in host.Length == 0 ? [("", line)] : ini.Sections.Where(section => section.Name.StartsWith(InterfaceSection, StringComparison.Ordinal)).DistinctBy(section => section.Name))
        {
            if (ini.Find(name, "interface") is ZeekIniOption from)
            {
                nodes.Add(ReadInterface(ini, name, name.Length == 0 ? from.Line : first, from.Value));
            }
        }

        return [.. nodes];
    }

    private static ZeekNode ReadInterface(ZeekIni ini, string section, int line, string from)
    {
        string tag = section.Length == 0 ? "" : section[InterfaceSection.Length..].Trim();
        IEnumerable<ZeekOption> arguments = ini.Find(section, "worker_args") is ZeekIniOption args
            ? args.Values.SelectMany(value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(text => text.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0].StartsWith("AF_Packet::", StringComparison.Ordinal))
                .Select(pair => new ZeekOption { Key = "af_packet_" + pair[0]["AF_Packet::".Length..], Value = pair[1], Line = args.Line })
            : [];
        return new ZeekNode
        {
            Name = tag.Length == 0 ? "worker" : $"worker-{tag}",
            Type = ZeekNodeType.Worker,
            Line = line,
            Interface = from.Replace("${interface_section_name}", tag, StringComparison.Ordinal),
            InterfaceName = NameOf(from.Replace("${interface_section_name}", tag, StringComparison.Ordinal)),
            Processes = Number(ini.Find(section, "workers")?.Value ?? "", out int workers) ? workers : 0,
            PinCpus = CpusOfConf(ini.Find(section, "workers_cpu_list")?.Value ?? "") ?? [],
            Environment = [.. (ini.Find(section, "worker_env")?.Values ?? []).Where(value => value.Length > 0)],
            Options =
            [
                .. ini.Of(section).Where(option => section.Length == 0 ? option.Key.StartsWith("worker", StringComparison.Ordinal) : !OwnConfKeys.Contains(option.Key)).Select(option => new ZeekOption { Key = option.Key, Value = option.Value, Line = option.Line }),
                .. arguments,
            ],
        };
    }

    private static ZeekNodeType TypeOf(string type) => type switch
    {
        "standalone" => ZeekNodeType.Standalone,
        "manager" => ZeekNodeType.Manager,
        "logger" => ZeekNodeType.Logger,
        "proxy" => ZeekNodeType.Proxy,
        "worker" => ZeekNodeType.Worker,
        _ => ZeekNodeType.Unknown,
    };

    private static string? NameOf(string? from) =>
        from is null || (from.Contains("::", StringComparison.Ordinal) && !from.StartsWith(Prefix, StringComparison.Ordinal)) ? null
        : from.StartsWith(Prefix, StringComparison.Ordinal) ? from[Prefix.Length..]
        : from;

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    [GeneratedRegex(@"^([0-9]+)(?:-([0-9]+)(?::([0-9]+))?)?$")]
    private static partial Regex ConfRange();
}
