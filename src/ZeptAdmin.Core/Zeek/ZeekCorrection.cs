using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Zeek;

/// <summary>Puts right in a file what Test-ZeekNodeConfig finds wrong and a file can put right: keys, methods, groups and CPUs. Comments and order stay.</summary>
public static class ZeekCorrection
{
    private const string Prefix = "af_packet::";

    /// <summary>The file with everything put right that can be; Notes tell what was changed and what was not.</summary>
    public static ZeekNodeConfig Correct(ZeekNodeConfig config, Sensor sensor)
    {
        WorkerMachine machine = new(sensor);
        List<string> notes = [];
        ZeekIni ini = WithKeys(new ZeekIni(config.Text, config.Format), config.Format, notes);
        if (config.Format == ZeekConfigFormat.NodeCfg)
        {
            ini = WithMethods(ini, notes);
        }

        ini = WithGroups(ini, config.Format, machine, sensor, notes);
        ini = WithCpus(ini, config.Format, machine, sensor, notes);
        return ZeekNodeConfigs.Parse(ini.ToString(), config.Format) with { Path = config.Path, FileName = config.FileName, Notes = [.. notes] };
    }

    private static ZeekIni WithKeys(ZeekIni ini, ZeekConfigFormat format, List<string> notes)
    {
        bool isNodeCfg = format == ZeekConfigFormat.NodeCfg;
        foreach (ZeekIniOption option in ini.Options)
        {
            string[] known = isNodeCfg ? [.. ZeekKeys.Node, .. ZeekKeys.AfPacket.Select(name => $"af_packet_{name}")] : [.. ZeekKeys.ConfHost, .. ZeekKeys.ConfInterface];
            bool isKnown = isNodeCfg ? ZeekKeys.IsNodeKey(option.Key.Replace('.', '_')) : known.Contains(option.Key) && option.Key != "workers_numa_policy";
            if (!isKnown && Misspelling.Meant(option.Key, known.Where(key => key != option.Key)) is string near && ini.Find(option.Section, near) is null)
            {
                ini = ini.Renamed(option, near);
                notes.Add($"Line {option.Line}: '{option.Key}' became '{near}'.");
            }
        }

        return ini;
    }

    private static ZeekIni WithMethods(ZeekIni ini, List<string> notes)
    {
        foreach (ZeekNode node in Nodes(ini, ZeekConfigFormat.NodeCfg).Where(node => node.Type == ZeekNodeType.Worker && node.Interface is not null))
        {
            bool hasProcesses = ini.Find(node.Name, "lb_procs") is not null;
            bool hasPrefix = node.Interface!.StartsWith(Prefix, StringComparison.Ordinal);
            if (node.LoadBalanceMethod == "af_packet" && hasPrefix)
            {
                ini = Set(ini, node, "interface", node.Interface[Prefix.Length..], notes);
            }
            else if (node.LoadBalanceMethod == "custom" && node.Processes > 1 && node.InterfaceName is not null && !hasPrefix)
            {
                ini = Set(ini, node, "interface", Prefix + node.Interface, notes);
            }
            else if (node.LoadBalanceMethod is null && hasProcesses)
            {
                ini = Set(ini, node, "lb_method", hasPrefix ? "custom" : "af_packet", notes);
            }
            else if (!hasProcesses && hasPrefix && node.Options.Any(option => option.Key.StartsWith("af_packet_", StringComparison.Ordinal)))
            {
                ini = Set(Set(ini, node, "lb_method", "custom", notes), node, "lb_procs", "1", notes);
            }

            if (ZeekNodeReader.FanoutMode(node) is "FANOUT_CBPF" or "FANOUT_EBPF")
            {
                ini = Set(ini, node, ini.Find(node.Name, "af_packet.fanout_mode") is null ? "af_packet_fanout_mode" : "af_packet.fanout_mode", "AF_Packet::FANOUT_HASH", notes);
            }
        }

        return ini;
    }

    // zeek.conf keeps its group in worker_args; the other arguments there stay.
    private static ZeekIni WithGroups(ZeekIni ini, ZeekConfigFormat format, WorkerMachine machine, Sensor sensor, List<string> notes)
    {
        ZeekLintSubject subject = new(ZeekNodeConfigs.Parse(ini.ToString(), format), machine, sensor.Files);
        HashSet<int> taken = [.. machine.Groups.Select(socket => socket.FanoutId!.Value), .. subject.Workers.Where(ZeekNodeReader.IsAfPacket).Select(ZeekPacketRules.IdOf)];
        HashSet<(string Host, int Id)> seen = [];
        foreach (ZeekNode node in subject.Workers.Where(ZeekNodeReader.IsAfPacket))
        {
            int id = ZeekPacketRules.IdOf(node);
            bool isStrange = subject.IsHere(node) && machine.Groups.Any(socket => socket.FanoutId == id && socket.InterfaceName != node.InterfaceName);
            if (seen.Add((node.Host, id)) && !isStrange)
            {
                continue;
            }

            int free = Enumerable.Range(101, 60_000).First(number => !taken.Contains(number));
            _ = taken.Add(free);
            if (format == ZeekConfigFormat.NodeCfg)
            {
                ini = Set(ini, node, ini.Find(node.Name, "af_packet.fanout_id") is null ? "af_packet_fanout_id" : "af_packet.fanout_id", Number(free), notes);
            }
            else
            {
                ini = ZeekNodeReader.WithArgument(ini, ZeekNodeReader.SectionOf(ini, node), "fanout_id", Number(free));
                notes.Add($"'{node.Name}': AF_Packet::fanout_id of worker_args is {free}.");
            }
        }

        return ini;
    }

    private static ZeekIni WithCpus(ZeekIni ini, ZeekConfigFormat format, WorkerMachine machine, Sensor sensor, List<string> notes)
    {
        ZeekNodeConfig config = ZeekNodeConfigs.Parse(ini.ToString(), format);
        ZeekLintSubject subject = new(config, machine, sensor.Files);
        ZeekNode[] here = [.. subject.Workers.Where(subject.IsHere)];
        if (machine.Topology.OnlineCpus.IsEmpty || !ZeekPinRules.Run(subject).Any(check => check.Severity.IsFinding() && here.Any(node => node.Name == check.Target)))
        {
            return ini;
        }

        string[] sources = [.. here.Select(node => node.InterfaceName).OfType<string>().Distinct()];
        ZeekNode[] system = [.. config.Nodes.Where(node => node.Type is ZeekNodeType.Manager or ZeekNodeType.Logger or ZeekNodeType.Proxy && subject.IsHere(node))];
        CpuList irqs = machine.IrqCores(sources);
        int[] systemCpus = machine.SystemCpus(sources, []);
        CpuList taken = machine.WithSiblings(CpuList.Of(systemCpus)).Union(irqs);
        foreach (ZeekNode node in here)
        {
            int[] cpus = machine.FreeCpus(node.InterfaceName ?? "", taken, node.Processes);
            if (cpus.Length < node.Processes && node.InterfaceName is string name)
            {
                // Interrupts are everywhere; they can move, and the end of the node is where the fewest expect them.
                int[] all = machine.FreeCpus(name, taken.Except(irqs).Union(machine.WithSiblings(CpuList.Of(systemCpus))), int.MaxValue);
                cpus = all.Length > node.Processes ? all[^node.Processes..] : cpus;
                if (cpus.Length == node.Processes)
                {
                    notes.Add($"Interrupts take these CPUs now; move them: Set-IrqAffinity '{name}' -Cpu {CpuList.Of(all[..^node.Processes])}");
                }
            }

            if (cpus.Length < node.Processes)
            {
                notes.Add($"Line {node.Line}: {node.Processes} workers of '{node.Name}' need as many free cores near the card, and there are {cpus.Length}; its CPUs were left as they are. Take fewer workers and queues.");
                continue;
            }

            taken = taken.Union(machine.WithSiblings(CpuList.Of(cpus)));
            ini = SetCpus(ini, subject, node, string.Join(',', cpus), notes);
        }

        for (int i = 0; i < system.Length; i++)
        {
            ini = SetCpus(ini, subject, system[i], Number(systemCpus[i % systemCpus.Length]), notes);
        }

        return ini;
    }

    private static ZeekIni SetCpus(ZeekIni ini, ZeekLintSubject subject, ZeekNode node, string cpus, List<string> notes)
    {
        if (subject.IsNodeCfg)
        {
            return Set(ini, node, "pin_cpus", cpus, notes);
        }

        bool isWorker = node.Type == ZeekNodeType.Worker;
        string key = isWorker ? "workers_cpu_list" : $"{node.Name}_cpu_set";
        string section = isWorker ? ZeekNodeReader.SectionOf(ini, node) : ini.Sections.Count == 0 ? "" : ZeekNodeReader.HostSection;
        return Set(ini, section, node, key, cpus, notes);
    }

    private static ZeekIni Set(ZeekIni ini, ZeekNode node, string key, string value, List<string> notes) => Set(ini, node.Name, node, key, value, notes);

    private static ZeekIni Set(ZeekIni ini, string section, ZeekNode node, string key, string value, List<string> notes)
    {
        string? before = ini.Find(section, key)?.Value;
        if (before == value)
        {
            return ini;
        }

        notes.Add($"'{node.Name}': {key} {(before is null ? "is new" : $"was {before}")}, is {value}.");
        return ini.With(section, key, value);
    }

    private static ZeekNode[] Nodes(ZeekIni ini, ZeekConfigFormat format) => ZeekNodeReader.Read(ini, format);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
