using System.Globalization;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Plans;

/// <summary>Rows of a plan that Zeek's own file keeps, node.cfg or zeek.conf: a cluster's file is edited, comments and all else in it stay; any other is written anew.</summary>
internal static class PlanZeekFile
{
    private const string Prefix = "af_packet_";

    private static readonly Dictionary<string, ZeekNodeType> SystemNodes = new()
    {
        ["manager"] = ZeekNodeType.Manager,
        ["logger"] = ZeekNodeType.Logger,
        ["proxy"] = ZeekNodeType.Proxy,
    };

    /// <summary>Where a row stands.</summary>
    /// <exception cref="KernelFormatException">The file is no text.</exception>
    public static PlanDrift Compare(Sensor sensor, NsmPlan plan, PlanRow row, PlanDrift drift)
    {
        if (ZeekFiles.Target(sensor.Files) is not string path)
        {
            return drift with { State = PlanRowState.NotChecked, Actual = "Zeek is at none of its usual places" };
        }

        Answer<ZeekNodeConfig> read = Read(sensor, path);
        if (!read.Try(out ZeekNodeConfig? config))
        {
            return drift with { State = PlanRowState.Unknown, Actual = read.Refusal!.Reason };
        }

        if (!IsOfPlan(config, sensor, plan) && Stranger(config, sensor) is ZeekNode stranger)
        {
            return drift with { State = PlanRowState.NotPossible, Actual = OfOthers(stranger) };
        }

        (bool isSo, string now) = Now(config, sensor, plan, row);
        return isSo
            ? drift with { State = PlanRowState.InPlace, Actual = now }
            : drift with { State = PlanRowState.Drifted, Actual = now, Changes = [$"Write {row.Target}={row.Value} into '{path}'"] };
    }

    /// <summary>The change of the file for all rows together; none where Zeek is not here.</summary>
    /// <exception cref="KernelFormatException">The file is no text.</exception>
    public static Answer<PlannedChange[]> Changes(Sensor sensor, NsmPlan plan, PlanRow[] rows)
    {
        if (ZeekFiles.Target(sensor.Files) is not string path)
        {
            return Array.Empty<PlannedChange>();
        }

        Answer<ZeekNodeConfig> read = Read(sensor, path);
        Answer<ZeekNodeConfig> start = read.Try(out ZeekNodeConfig? before) ? Start(sensor, plan, path, before) : read;
        if (!start.Try(out ZeekNodeConfig? config))
        {
            return start.Refusal!;
        }

        ZeekIni ini = new(config.Text, config.Format);
        foreach (PlanRow row in rows.Where(row => !Now(config, sensor, plan, row).IsSo))
        {
            ini = With(ini, config, sensor, row);
        }

        return new ZeekConfigFileSetting().Plan(sensor, path, ini.ToString(), mode: null, owner: null)
            .Select<PlannedChange[]>(change => change.IsIdle ? [] : [change]);
    }

    /// <summary>What has to happen for it to come into force.</summary>
    public static string? After(Sensor sensor) => ZeekFiles.Target(sensor.Files) is string path
        ? $"Zeek reads {path} at its next start: {(ZeekFiles.FormatOf(path) == ZeekConfigFormat.NodeCfg ? "zeekctl deploy" : "systemctl daemon-reload; systemctl restart zeek.target")}."
        : null;

    // A file that is not there has no nodes.
    private static Answer<ZeekNodeConfig> Read(Sensor sensor, string path) =>
        sensor.Files.Exists(path) ? ZeekNodeConfigs.Import(sensor.Files, path, ZeekFiles.FormatOf(path)) : new ZeekNodeConfig { Format = ZeekFiles.FormatOf(path) };

    private static Answer<ZeekNodeConfig> Start(Sensor sensor, NsmPlan plan, string path, ZeekNodeConfig before)
    {
        if (IsOfPlan(before, sensor, plan))
        {
            return before;
        }

        return Stranger(before, sensor) is ZeekNode stranger
            ? new Refusal(Errno.EINVAL, "write Zeek's configuration", path) { Detail = OfOthers(stranger) }
            : ZeekNodeConfigs.Make(PlanZeek.Wish([plan]) with { Format = before.Format }).Select(made => made[0]);
    }

    // A cluster with workers for each port is edited; the sample of a package, one process on eth0, is not what anybody wants to keep.
    private static bool IsOfPlan(ZeekNodeConfig config, Sensor sensor, NsmPlan plan) =>
        config.Nodes.Any(node => node.Type == ZeekNodeType.Manager) && plan.Ports.All(port => Worker(config, sensor, port.InterfaceName) is not null);

    // Other hosts of a cluster have ports of the same names.
    private static IEnumerable<ZeekNode> Here(ZeekNodeConfig config, Sensor sensor) =>
        config.Nodes.Where(node => ZeekValues.IsLocal(node.Host) || node.Host == sensor.Name || config.Nodes.Select(other => other.Host).Distinct().Count() <= 1);

    private static ZeekNode? Stranger(ZeekNodeConfig config, Sensor sensor) => Array.Find(config.Nodes, node => node.Host.Length > 0 && !ZeekValues.IsLocal(node.Host) && node.Host != sensor.Name);

    private static string OfOthers(ZeekNode node) => $"The file names '{node.Name}' on host '{node.Host}' and has no workers for all ports of the plan; New-ZeekNodeConfig makes one of the plans of all hosts.";

    private static ZeekNode? Worker(ZeekNodeConfig config, Sensor sensor, string interfaceName) =>
        Here(config, sensor).FirstOrDefault(node => node.Type == ZeekNodeType.Worker && node.InterfaceName == interfaceName);

    private static (string Owner, string Key) Parts(PlanRow row)
    {
        int slash = row.Target.LastIndexOf('/');
        return (row.Target[..Math.Max(slash, 0)], row.Target[(slash + 1)..]);
    }

    private static (bool IsSo, string Now) Now(ZeekNodeConfig config, Sensor sensor, NsmPlan plan, PlanRow row)
    {
        (string owner, string key) = Parts(row);
        if (SystemNodes.TryGetValue(owner, out ZeekNodeType type))
        {
            ZeekNode[] nodes = [.. Here(config, sensor).Where(node => node.Type == type)];
            if (nodes.Length == 0)
            {
                return (IsOfPlan(config, sensor, plan), config.Nodes.Any(node => node.Type == type) ? "on another host" : "there is none");
            }

            int[] cpus = [.. nodes.SelectMany(node => node.PinCpus).Distinct()];
            bool areAll = nodes.All(node => node.PinCpus.Length > 0);
            CpuList kept = Array.Find(plan.Cpus, role => role.Role == CpuRole.Housekeeping)?.Cpus ?? CpuList.Empty;

            // Any CPU of the system's will do: several loggers have several of them.
            bool isSo = key != "pin_cpus" || (areAll && (CpuList.Of(cpus).IsSubsetOf(kept) || string.Join(',', cpus) == row.Value));
            return (isSo, cpus.Length == 0 ? "not pinned" : string.Join(',', cpus));
        }

        if (Worker(config, sensor, owner) is not ZeekNode node)
        {
            return (false, $"no workers of '{owner}'");
        }

        string now = key switch
        {
            "interface" => node.Interface ?? "",
            "lb_procs" => node.Processes.ToString(CultureInfo.InvariantCulture),
            "lb_method" => node.LoadBalanceMethod ?? (config.Format == ZeekConfigFormat.ZeekConf ? row.Value : ""),
            "pin_cpus" => string.Join(',', node.PinCpus),
            _ => Array.Find(node.Options, option => option.Key == key)?.Value ?? "",
        };

        // lb_method=af_packet with a bare interface means the same as custom with the prefix (field.md J3).
        bool isBare = node.LoadBalanceMethod == "af_packet" && node.Interface == owner && key is "interface" or "lb_method";
        return (now == row.Value || isBare, now.Length == 0 ? "not given" : now);
    }

    private static ZeekIni With(ZeekIni ini, ZeekNodeConfig config, Sensor sensor, PlanRow row)
    {
        (string owner, string key) = Parts(row);
        bool isNodeCfg = config.Format == ZeekConfigFormat.NodeCfg;
        if (SystemNodes.TryGetValue(owner, out ZeekNodeType type))
        {
            return isNodeCfg
                ? Here(config, sensor).Where(node => node.Type == type).Aggregate(ini, (edited, node) => edited.With(node.Name, key, row.Value))
                : ini.With(ini.Sections.Count == 0 ? "" : ZeekNodeReader.HostSection, $"{owner}_cpu_set", row.Value);
        }

        ZeekNode worker = Worker(config, sensor, owner)!;
        if (isNodeCfg)
        {
            // The older form of the key, with a dot, is the same key to zeekctl.
            string dotted = key.StartsWith(Prefix, StringComparison.Ordinal) ? $"af_packet.{key[Prefix.Length..]}" : key;
            return ini.With(worker.Name, ini.Find(worker.Name, dotted) is null ? key : dotted, row.Value);
        }

        string section = ZeekNodeReader.SectionOf(ini, worker);
        return key switch
        {
            "lb_method" => ini,
            "lb_procs" => ini.With(section, "workers", row.Value),
            "pin_cpus" => ini.With(section, "workers_cpu_list", row.Value),
            _ when key.StartsWith(Prefix, StringComparison.Ordinal) => ZeekNodeReader.WithArgument(ini, section, key[Prefix.Length..], row.Value),
            _ => ini.With(section, key, row.Value),
        };
    }
}
