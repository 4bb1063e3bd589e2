using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Zeek;

/// <summary>Makes, reads and edits the files that tell Zeek's processes.</summary>
public static class ZeekNodeConfigs
{
    private const string Section = "worker-";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file; comments and order stay in its text.</summary>
    /// <param name="tree">Where it is.</param>
    /// <param name="path">Its path there.</param>
    /// <param name="format">Which of the two it is; null to see from its sections.</param>
    /// <exception cref="KernelFormatException">It is no text in UTF-8.</exception>
    public static Answer<ZeekNodeConfig> Import(FileTree tree, string path, ZeekConfigFormat? format = null)
    {
        FileAnswer answer = tree.Read(path);
        if (!answer.IsKnown)
        {
            return new Refusal(answer.Errno, "read Zeek's configuration", path);
        }

        try
        {
            string text = Strict.GetString(answer.Bytes.Span);
            return Parse(text, format ?? ZeekNodeReader.Guess(text)) with { Path = path, FileName = path[(path.LastIndexOf('/') + 1)..] };
        }
        catch (DecoderFallbackException)
        {
            throw new KernelFormatException(path, "It is no text in UTF-8.");
        }
    }

    /// <summary>What a text means.</summary>
    public static ZeekNodeConfig Parse(string text, ZeekConfigFormat format)
    {
        ZeekNode[] nodes = ZeekNodeReader.Read(new ZeekIni(text, format), format);
        return new ZeekNodeConfig { Format = format, FileName = NameOf(format), Text = text, Nodes = nodes, Workers = ZeekNodeReader.Workers(nodes) };
    }

    /// <summary>
    /// Makes the file of a wish: one node.cfg for all hosts, or one zeek.conf for each host, the manager's first. A wish that contradicts itself, and a
    /// value that could be taken for something else than a value, is refused.
    /// </summary>
    public static Answer<ZeekNodeConfig[]> Make(ZeekWish wish)
    {
        if (ZeekValues.Check(wish) is Refusal refusal)
        {
            return refusal;
        }

        string[] notes = [.. Notes(wish)];
        if (wish.Format == ZeekConfigFormat.NodeCfg)
        {
            return (ZeekNodeConfig[])[Parse(NodeCfg(wish), wish.Format) with { Notes = notes }];
        }

        string[] hosts = [.. wish.Captures.Select(capture => capture.Host).Prepend(wish.ManagerHost).Distinct()];
        return (ZeekNodeConfig[])[.. hosts.Select(host => OfHost(wish, host, hosts.Length > 1) with { Notes = notes })];
    }

    private static ZeekNodeConfig OfHost(ZeekWish wish, string host, bool isOneOfMany)
    {
        ZeekNodeConfig config = Parse(ZeekConf(wish, host, isOneOfMany), wish.Format);
        ZeekNode[] nodes = [.. config.Nodes.Select(node => node with { Host = host })];
        return config with { FileName = isOneOfMany ? $"cluster/{host}.zeek.conf" : config.FileName, Nodes = nodes, Workers = ZeekNodeReader.Workers(nodes) };
    }

    private static string NameOf(ZeekConfigFormat format) => format == ZeekConfigFormat.NodeCfg ? "node.cfg" : "zeek.conf";

    private static string NodeCfg(ZeekWish wish)
    {
        StringBuilder text = new("# node.cfg of zeekctl, made by New-ZeekNodeConfig\n");
        Node(text, wish, "manager", "manager", At(wish.ManagerCpus, 0));
        for (int i = 0; i < wish.Loggers; i++)
        {
            Node(text, wish, $"logger-{i + 1}", "logger", At(wish.LoggerCpus, i));
        }

        for (int i = 0; i < wish.Proxies; i++)
        {
            Node(text, wish, $"proxy-{i + 1}", "proxy", At(wish.ProxyCpus, i));
        }

        string[] names = Names(wish.Captures, wish.Captures.Select(capture => capture.Host).Distinct().Count() > 1);
        for (int i = 0; i < names.Length; i++)
        {
            ZeekCapture capture = wish.Captures[i];
            bool isUdp = ZeekUdpSource.Parse(capture.Source) is not null;
            bool hasPrefix = !isUdp && wish.LoadBalanceMethod == "custom";
            _ = text.Append('\n');
            Comment(text, capture, isUdp);
            Line(text, $"[{Section}{names[i]}]");
            Line(text, "type=worker");
            Line(text, $"host={capture.Host}");
            Line(text, $"interface={(hasPrefix ? "af_packet::" : "")}{capture.Source}");
            Line(text, $"lb_method={(isUdp ? "custom" : wish.LoadBalanceMethod)}");
            Line(text, $"lb_procs={capture.Workers}");
            if (capture.WorkerCpus.Length > 0)
            {
                Line(text, $"pin_cpus={string.Join(',', capture.WorkerCpus)}");
            }

            foreach ((string key, string value) in isUdp ? [] : Settings(capture))
            {
                Line(text, $"af_packet_{key}={value}");
            }

            if (wish.Environment.Length > 0)
            {
                Line(text, $"env_vars={string.Join(',', wish.Environment)}");
            }
        }

        return text.ToString();
    }

    private static void Node(StringBuilder text, ZeekWish wish, string name, string type, int? cpu)
    {
        _ = text.Append('\n');
        Line(text, $"[{name}]");
        Line(text, $"type={type}");
        Line(text, $"host={wish.ManagerHost}");
        if (cpu is not null)
        {
            Line(text, $"pin_cpus={cpu}");
        }
    }

    private static string ZeekConf(ZeekWish wish, string host, bool isOneOfMany)
    {
        StringBuilder text = new("# zeek.conf of zeek-systemd-generator, made by New-ZeekNodeConfig\n[zeek]\n");
        if (host == wish.ManagerHost)
        {
            Line(text, "manager = 1");
            Line(text, $"loggers = {wish.Loggers}");
            Line(text, $"proxies = {wish.Proxies}");
            foreach ((string key, int[] cpus) in ((string, int[])[])[("manager", wish.ManagerCpus), ("logger", wish.LoggerCpus), ("proxy", wish.ProxyCpus)])
            {
                if (cpus.Length > 0)
                {
                    Line(text, $"{key}_cpu_set = {string.Join(',', cpus)}");
                }
            }
        }

        if (isOneOfMany)
        {
            Line(text, "cluster_backend_args = misc/zeromq-multi-host-auto-setup");
        }

        ZeekCapture[] captures = [.. wish.Captures.Where(capture => capture.Host == host)];
        string[] names = Names(captures, withHost: false);
        for (int i = 0; i < names.Length; i++)
        {
            ZeekCapture capture = captures[i];
            bool isUdp = ZeekUdpSource.Parse(capture.Source) is not null;
            _ = text.Append('\n');
            Comment(text, capture, isUdp);
            Line(text, $"[interface {names[i]}]");
            Line(text, $"interface = {(isUdp ? "" : "af_packet::")}{capture.Source}");
            Line(text, $"workers = {capture.Workers}");
            if (capture.WorkerCpus.Length > 0)
            {
                Line(text, $"workers_cpu_list = {string.Join(',', capture.WorkerCpus)}");
                Line(text, "worker_numa_policy = local");
            }

            Further(text, "worker_args", isUdp ? [] : Settings(capture).Select(setting => $"AF_Packet::{setting.Key}={setting.Value}"));
            Further(text, "worker_env", wish.Environment);
        }

        return text.ToString();
    }

    private static IEnumerable<(string Key, string Value)> Settings(ZeekCapture capture)
    {
        yield return ("fanout_id", Number(capture.FanoutId));
        yield return ("fanout_mode", $"AF_Packet::{capture.FanoutMode}");
        yield return ("buffer_size", Number(capture.BufferBytes));
        if (capture.BlockBytes is long block)
        {
            yield return ("block_size", Number(block));
        }
    }

    private static void Comment(StringBuilder text, ZeekCapture capture, bool isUdp)
    {
        if (isUdp)
        {
            Line(text, "# The kernel spreads packets over the workers by the outer UDP header.");
        }
        else if (capture.FanoutMode == "FANOUT_QM")
        {
            Line(text, $"# FANOUT_QM hands queue q to member (q + 1) mod {capture.Workers}, counted from 0 in the order in which workers join:");
            Line(text, $"# queue {capture.Workers - 1} feeds the first worker{(capture.Workers > 1 ? ", queue 0 the second" : "")}. It takes {capture.Workers} receive {(capture.Workers == 1 ? "queue" : "queues")}.");
        }
    }

    // What the section is called, in the letters that both readers take; no two alike.
    private static string[] Names(ZeekCapture[] captures, bool withHost)
    {
        List<string> names = [];
        foreach (ZeekCapture capture in captures)
        {
            string source = ZeekUdpSource.Parse(capture.Source) is ZeekUdpSource udp ? $"udp-{udp.Port}" : capture.Source;
            string name = new([.. (withHost ? $"{capture.Host}-{source}" : source).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
            string unique = name;
            for (int number = 2; names.Contains(unique); number++)
            {
                unique = $"{name}_{number}";
            }

            names.Add(unique);
        }

        return [.. names];
    }

    private static IEnumerable<string> Notes(ZeekWish wish)
    {
        foreach (ZeekUdpSource udp in wish.Captures.Select(capture => ZeekUdpSource.Parse(capture.Source)).OfType<ZeekUdpSource>())
        {
            yield return $"{udp}: takes Zeek 9.0 or later. The kernel balances by the outer UDP header, so a mirror that sends all of one source from one port loads one worker; RSS of the card cannot part it either.";
            if (udp.ConnKeyScript is string script)
            {
                yield return $"{udp}: where several networks with the same addresses are mirrored, load {script} in local.zeek.";
            }
        }

        if (wish.Captures.Any(capture => capture.FanoutMode == "FANOUT_QM" && ZeekUdpSource.Parse(capture.Source) is null))
        {
            yield return "FANOUT_QM: the order in which workers join is not guaranteed, and a worker that leaves moves the last one into its place; Test-AfPacketFanout tells how it is.";
        }

        if (wish.Format == ZeekConfigFormat.ZeekConf && wish.Captures.GroupBy(capture => capture.Host).Any(host => host.Count() > 1))
        {
            yield return "Several interfaces in zeek.conf take Zeek 9.0 or later; before the correction of September 2026 its generator counted workers_cpu_list on over all interfaces of a host.";
        }
    }

    private static int? At(int[] cpus, int index) => cpus.Length == 0 ? null : cpus[index % cpus.Length];

    private static void Line(StringBuilder text, string line) => _ = text.Append(line).Append('\n');

    private static void Further(StringBuilder text, string key, IEnumerable<string> values)
    {
        if (values.Any())
        {
            Line(text, $"{key} =");
            foreach (string value in values)
            {
                Line(text, $"  {value}");
            }
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
