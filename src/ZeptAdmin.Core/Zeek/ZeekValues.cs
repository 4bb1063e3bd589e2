using ZeptAdmin.Linux;

namespace ZeptAdmin.Zeek;

/// <summary>Which values may stand in a file: nothing that a reader of it, a shell, systemd or Zeek could take for something else.</summary>
/// <remarks>
/// What is allowed is listed, not what is forbidden: a newline or a bracket begins another section, Python's configparser interpolates <c>%</c>, systemd has
/// its own use for it, the generator replaces <c>${...}</c>.
/// </remarks>
internal static class ZeekValues
{
    /// <summary>Smallest page of the kernels that Zeek runs on; a block of the ring is made of whole ones.</summary>
    private const int PageBytes = 4096;

    private static readonly string[] FanoutModes = ["FANOUT_QM", "FANOUT_HASH", "FANOUT_CPU"];

    /// <summary>What is wrong with a wish; null when nothing is.</summary>
    public static Refusal? Check(ZeekWish wish)
    {
        if (wish.Captures.Length == 0)
        {
            return Refuse("interfaces", "None is named.");
        }

        if (wish.LoadBalanceMethod is not ("af_packet" or "custom"))
        {
            return Refuse(wish.LoadBalanceMethod, "The method is af_packet or custom.");
        }

        if (wish.Loggers is < 0 or > 1024 || wish.Proxies is < 1 or > 1024)
        {
            return Refuse("loggers and proxies", "There are 0 to 1024 loggers and 1 to 1024 proxies; zeekctl takes no cluster without a proxy.");
        }

        string[] hosts = [.. wish.Captures.Select(capture => capture.Host).Append(wish.ManagerHost).Distinct()];
        return Array.Find(hosts, host => !IsHost(host, wish.Format)) is string host ? Refuse(host, "A host is written with letters, digits, '.', '-' and, in node.cfg, ':'.")
            : hosts.Length > 1 && hosts.Any(IsLocal) ? Refuse(hosts.First(IsLocal), "With several hosts each needs the name by which the others reach it.")
            : wish.Environment.Select(item => CheckEnvironment(item, wish.Format)).FirstOrDefault(refusal => refusal is not null)
                ?? CheckCpus("the manager, loggers and proxies", [.. wish.ManagerCpus, .. wish.LoggerCpus, .. wish.ProxyCpus])
                ?? wish.Captures.Select(CheckCapture).FirstOrDefault(refusal => refusal is not null)
                ?? CheckTogether(wish);
    }

    /// <summary>True for names by which a host calls itself.</summary>
    public static bool IsLocal(string host) => host is "localhost" or "127.0.0.1" or "::1";

    private static Refusal? CheckCapture(ZeekCapture capture)
    {
        bool isUdp = ZeekUdpSource.Parse(capture.Source) is not null;
        return !isUdp && !InterfaceName.IsPlain(capture.Source) ? Refuse(capture.Source, "It is neither the name of an interface nor a source as udp::0.0.0.0:4789:vxlan.")
            : capture.Workers is < 1 or > 4096 ? Refuse(capture.Source, $"It has 1 to 4096 workers, not {capture.Workers}.")
            : capture.WorkerCpus.Length > 0 && capture.WorkerCpus.Length != capture.Workers ? Refuse(capture.Source, $"{capture.WorkerCpus.Length} CPUs are named for {capture.Workers} workers; zeekctl would repeat or leave out some without a word.")
            : capture.WorkerCpus.Distinct().Count() != capture.WorkerCpus.Length ? Refuse(capture.Source, "Two of its workers would share a CPU.")
            : CheckCpus(capture.Source, capture.WorkerCpus) is Refusal refusal ? refusal
            : isUdp ? null
            : !FanoutModes.Contains(capture.FanoutMode) ? Refuse(capture.FanoutMode, "The mode is FANOUT_QM, FANOUT_HASH or FANOUT_CPU; for CBPF and EBPF Zeek loads no program (field.md J7).")
            : capture.FanoutId is < 1 or > 65535 ? Refuse(capture.Source, $"A fanout group has a number from 1 to 65535, not {capture.FanoutId}.")
            : capture.BlockBytes is long block && (block < PageBytes || block % PageBytes != 0 || block > capture.BufferBytes) ? Refuse(capture.Source, $"A block is a multiple of {PageBytes} bytes and no larger than the ring, not {block}.")
            : capture.BufferBytes is < PageBytes or > uint.MaxValue ? Refuse(capture.Source, $"A ring has {PageBytes} bytes to 4 GiB, not {capture.BufferBytes}.")
            : null;
    }

    private static Refusal? CheckTogether(ZeekWish wish)
    {
        foreach (IGrouping<string, ZeekCapture> host in wish.Captures.GroupBy(capture => capture.Host))
        {
            ZeekCapture[] groups = [.. host.Where(capture => ZeekUdpSource.Parse(capture.Source) is null)];
            if (groups.GroupBy(capture => capture.FanoutId).FirstOrDefault(same => same.Count() > 1) is IGrouping<int, ZeekCapture> same)
            {
                return Refuse(same.Last().Source, $"Fanout group {same.Key} is that of '{same.First().Source}' already.");
            }

            if (host.GroupBy(capture => capture.Source).FirstOrDefault(twice => twice.Count() > 1) is IGrouping<string, ZeekCapture> twice)
            {
                return Refuse(twice.Key, "It is named twice.");
            }

            int[] workers = [.. host.SelectMany(capture => capture.WorkerCpus)];
            int[] others = host.Key == wish.ManagerHost ? [.. wish.ManagerCpus, .. wish.LoggerCpus, .. wish.ProxyCpus] : [];
            if (workers.GroupBy(cpu => cpu).FirstOrDefault(shared => shared.Count() > 1) is IGrouping<int, int> shared)
            {
                return Refuse($"CPU {shared.Key}", "Two workers would share it.");
            }

            if (workers.Intersect(others).ToArray() is [int cpu, ..])
            {
                return Refuse($"CPU {cpu}", "A worker would share it with the manager, a logger or a proxy (field.md J13).");
            }
        }

        return null;
    }

    private static Refusal? CheckCpus(string whose, int[] cpus) =>
        Array.Exists(cpus, cpu => cpu is < 0 or > CpuList.Highest) ? Refuse(whose, "A CPU has a number from 0 on.") : null;

    private static Refusal? CheckEnvironment(string item, ZeekConfigFormat format)
    {
        int equals = item.IndexOf('=', StringComparison.Ordinal);
        bool isName = equals > 0 && !char.IsAsciiDigit(item[0]) && item[..equals].All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        bool isValue = item[(equals + 1)..].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or ':' or '+' or '=' or '@' or '-' || (c == ',' && format == ZeekConfigFormat.ZeekConf));
        return isName && isValue ? null : Refuse(item, "Environment is NAME=VALUE; a value has letters, digits, and of signs only _ . / : + = @ - and, in zeek.conf, the comma.");
    }

    private static bool IsHost(string host, ZeekConfigFormat format) =>
        host.Length is > 0 and < 256 && char.IsAsciiLetterOrDigit(host[0]) | host[0] == ':' && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' || (c == ':' && format == ZeekConfigFormat.NodeCfg));

    private static Refusal Refuse(string target, string detail) => new(Errno.EINVAL, "write Zeek's configuration", target) { Detail = detail };
}
