using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Zeek;

/// <summary>J1 to J4 and J14: what the readers of the file make of it.</summary>
internal static class ZeekFileRules
{
    private const string Correct = "Test-ZeekNodeConfig -Corrected gives the file with this put right.";

    private static readonly ConfigRule Cluster = new("J1.Cluster", "one manager, a proxy, and workers with an interface", "zeekctl takes no other cluster; without a worker nothing is looked at.", "field.md J1; zeekctl config.py");
    private static readonly ConfigRule Keys = new("J2.Keys", "keys that zeekctl knows, each once, no %", "zeekctl warns of an unknown key and goes on without it, so that a slip of the pen silently loses the tuning; a key or a section that stands there twice ends it.", "field.md J2; zeekctl node.py");
    private static readonly ConfigRule Method = new("J3.LoadBalance", "af_packet with a bare interface, or custom with af_packet::", "With the prefix in both places, or in none, zeekctl refuses or Zeek captures by libpcap, each worker all packets.", "field.md J3; zeekctl zzz_af_packet.py");
    private static readonly ConfigRule Options = new("J4.Options", "values that Zeek takes, at a worker with lb_procs", "zeekctl passes the options of AF_PACKET on for workers with lb_procs only, and as they stand: Zeek has to understand them.", "field.md J4; zeekctl zzz_af_packet.py");
    private static readonly ConfigRule Conf = new("J14.ZeekConf", "sections and keys that zeek-systemd-generator knows", "The generator makes no units at all of a file with an error in it.", "field.md J14; zeek-cluster-config.cc");

    /// <summary>The rules.</summary>
    public static IReadOnlyList<ConfigRule> All { get; } = [Cluster, Keys, Method, Options, Conf];

    /// <summary>The results.</summary>
    public static IEnumerable<ConfigCheck> Run(ZeekLintSubject subject) =>
        subject.IsNodeCfg
            ? [.. OfCluster(subject), .. OfKeys(subject), .. subject.Workers.Select(node => OfMethod(subject, node)), .. subject.Workers.Select(node => OfOptions(subject, node)), Conf.Result(NotApplicable, null, null, "the file is a node.cfg")]
            : [.. OfCluster(subject), Keys.Result(NotApplicable, null, null, "the file is a zeek.conf"), Method.Result(NotApplicable, null, null, "zeek.conf has no methods"), .. subject.Workers.Select(node => OfOptions(subject, node)), .. OfConf(subject)];

    private static IEnumerable<ConfigCheck> OfCluster(ZeekLintSubject subject)
    {
        ZeekNode[] nodes = subject.Config.Nodes;
        int managers = nodes.Count(node => node.Type == ZeekNodeType.Manager);
        bool isStandalone = nodes.Any(node => node.Type == ZeekNodeType.Standalone);
        bool isMember = !subject.IsNodeCfg && managers == 0;
        string? problem = nodes.FirstOrDefault(node => node.Type == ZeekNodeType.Unknown) is ZeekNode unknown ? $"'{unknown.Name}' has no type that zeekctl knows"
            : isStandalone && nodes.Length > 1 ? "a standalone node and others"
            : isStandalone || isMember ? null
            : managers != 1 ? $"{managers} managers"
            : subject.IsNodeCfg && !nodes.Any(node => node.Type == ZeekNodeType.Proxy) ? "no proxy"
            : null;
        problem ??= !subject.Workers.Any() ? (isMember || !subject.IsNodeCfg ? null : "no worker")
            : subject.Workers.FirstOrDefault(node => node.Interface is null && node.LoadBalanceMethod != "interfaces") is ZeekNode blind ? $"'{blind.Name}' has no interface"
            : subject.IsNodeCfg && nodes.FirstOrDefault(node => node.Host.Length == 0) is ZeekNode homeless ? $"'{homeless.Name}' has no host"
            : null;
        yield return problem is null ? Cluster.Result(Pass, null, null, $"{nodes.Length} nodes, {subject.Config.Workers.Length} workers") : Cluster.Result(Fail, null, null, problem, "Add what is missing; New-ZeekNodeConfig makes a whole file.");
    }

    private static List<ConfigCheck> OfKeys(ZeekLintSubject subject)
    {
        List<ConfigCheck> found = [.. subject.Ini.Problems.Select(problem => Keys.Result(Fail, null, problem.Line, problem.Text, "Take the line away, or put it right."))];
        foreach (ZeekIniOption option in subject.Ini.Options)
        {
            ZeekNode? node = Array.Find(subject.Config.Nodes, item => item.Name == option.Section);
            string key = option.Key.Replace('.', '_');
            if (!ZeekKeys.IsNodeKey(key))
            {
                string? near = Misspelling.Meant(key, ZeekKeys.Node.Concat(ZeekKeys.AfPacket.Select(name => $"af_packet_{name}")));
                found.Add(Keys.Result(Warn, node, option.Line, $"'{option.Key}' is ignored", near is null ? "Take it away." : $"Write {near}. {Correct}"));
            }

            if (option.Value.Contains('%', StringComparison.Ordinal))
            {
                found.Add(Keys.Result(Fail, node, option.Line, $"'%' in '{option.Key}'", "Leave out the %: Python's configparser puts other options in its place."));
            }
        }

        return found.Count > 0 ? found : [Keys.Result(Pass, null, null, $"{subject.Ini.Options.Count} options, all known")];
    }

    private static ConfigCheck OfMethod(ZeekLintSubject subject, ZeekNode node)
    {
        bool hasProcesses = subject.Ini.Find(node.Name, "lb_procs") is not null;
        string? method = node.LoadBalanceMethod;
        bool hasPrefix = node.Interface?.StartsWith("af_packet::", StringComparison.Ordinal) == true;
        int line = subject.LineOf(node, method is null ? "interface" : "lb_method");
        return method is not null && !ZeekKeys.Methods.Contains(method) ? Method.Result(Fail, node, line, $"zeekctl knows no '{method}'", "Write custom, with af_packet:: before the interface.")
            : method is not null && !hasProcesses ? Method.Result(Fail, node, line, $"{method} without lb_procs", "Say with lb_procs how many workers there are.")
            : method is null && hasProcesses ? Method.Result(Fail, node, subject.LineOf(node, "lb_procs"), "lb_procs without lb_method", $"Write lb_method=custom. {Correct}")
            : method == "af_packet" && hasPrefix ? Method.Result(Fail, node, subject.LineOf(node, "interface"), "af_packet, and af_packet:: before the interface", $"Leave out the prefix. {Correct}")
            : method == "custom" && node.Processes > 1 && node.InterfaceName is not null && !hasPrefix ? Method.Result(Warn, node, subject.LineOf(node, "interface"), $"custom, and '{node.Interface}' has no prefix", $"Write af_packet:: before it, unless zeekctl.cfg has lb_custom.InterfacePrefix. {Correct}")
            : method is "pf_ring" or "myricom" ? Method.Result(Warn, node, line, $"{method}; this module knows AF_PACKET", "Use custom with af_packet::, which is part of Zeek since 5.2.")
            : Method.Result(Pass, node, line, method is null ? "one process" : $"{method}, {node.Interface}");
    }

    private static ConfigCheck OfOptions(ZeekLintSubject subject, ZeekNode node)
    {
        ZeekOption[] options = [.. node.Options.Where(option => option.Key.StartsWith("af_packet_", StringComparison.Ordinal))];
        foreach (ZeekOption option in options)
        {
            if (ZeekKeys.Expected(option.Key["af_packet_".Length..], option.Value) is string expected)
            {
                return Options.Result(Fail, node, option.Line, $"{option.Key} is '{option.Value}'", $"It is {expected}.");
            }
        }

        return options.Length > 0 && subject.IsNodeCfg && subject.Ini.Find(node.Name, "lb_procs") is null
            ? Options.Result(Fail, node, options[0].Line, "without lb_procs zeekctl leaves these options out", $"Write lb_method=custom and lb_procs=1. {Correct}")
            : Options.Result(Pass, node, options.FirstOrDefault()?.Line ?? node.Line, options.Length == 0 ? "Zeek's defaults" : $"{options.Length} options");
    }

    private static List<ConfigCheck> OfConf(ZeekLintSubject subject)
    {
        ZeekIni ini = subject.Ini;
        List<ConfigCheck> found = [.. ini.Problems.Select(problem => Conf.Result(Fail, null, problem.Line, problem.Text, "Take the line away, or put it right."))];
        bool hasSections = ini.Sections.Any();
        foreach ((string name, int line) in ini.Sections)
        {
            string tag = name.StartsWith("interface ", StringComparison.Ordinal) ? name["interface ".Length..] : "";
            if (name != ZeekNodeReader.HostSection && (tag.Length == 0 || !tag.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')))
            {
                found.Add(Conf.Result(name.StartsWith("interface", StringComparison.Ordinal) ? Fail : Warn, null, line, $"section '{name}'", "Sections are [zeek] and [interface NAME], the name in small letters, digits, - and _."));
            }
        }

        foreach (ZeekIniOption option in ini.Options)
        {
            string[] known = !hasSections ? [.. ZeekKeys.ConfHost, .. ZeekKeys.ConfInterface] : option.Section.StartsWith("interface", StringComparison.Ordinal) ? ZeekKeys.ConfInterface : ZeekKeys.ConfHost;
            string? problem = hasSections && option.Section.Length == 0 ? "an option before the first section"
                : !known.Contains(option.Key) ? $"'{option.Key}' is no key of this section"
                : option.Values.Length > 1 && !option.Key.EndsWith("env", StringComparison.Ordinal) && !option.Key.EndsWith("args", StringComparison.Ordinal) ? $"'{option.Key}' has several lines"
                : (option.Key == "workers_cpu_list" || option.Key.EndsWith("_cpu_set", StringComparison.Ordinal)) && ZeekNodeReader.CpusOfConf(option.Value) is null ? $"'{option.Value}' is no list as 0-8:2,10"
                : option.Key == "worker_numa_policy" && option.Value is not ("local" or "default") ? $"'{option.Value}' is neither local nor default"
                : option.Key is "workers" or "loggers" or "proxies" && !int.TryParse(option.Value, System.Globalization.NumberStyles.None, null, out _) ? $"'{option.Value}' is no number"
                : option.Key == "manager" && option.Value is not ("0" or "1") ? "manager is 0 or 1"
                : null;
            if (problem is not null)
            {
                found.Add(Conf.Result(Fail, null, option.Line, problem, Misspelling.Meant(option.Key, known) is string near && !known.Contains(option.Key) ? $"Write {near}. {Correct}" : "Put it right."));
            }
            else if (option.Key == "workers_numa_policy")
            {
                found.Add(Conf.Result(Warn, null, option.Line, "workers_numa_policy goes away with Zeek 9.1", $"Write worker_numa_policy. {Correct}"));
            }
        }

        return found.Count > 0 ? found : [Conf.Result(Pass, null, null, $"{ini.Options.Count} options, all known")];
    }
}
