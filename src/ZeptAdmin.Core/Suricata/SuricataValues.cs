using ZeptAdmin.Linux;

namespace ZeptAdmin.Suricata;

/// <summary>Which values may stand in a file: nothing that YAML, Suricata or the kernel could take for something else.</summary>
internal static class SuricataValues
{
    private const int PageBytes = 4096;

    // Suricata keeps the bytes of a ring in an int.
    private const long LargestRing = 1L << 31;

    private static readonly string[] ClusterTypes = ["cluster_qm", "cluster_flow", "cluster_cpu", "cluster_ebpf"];

    /// <summary>What is wrong with a wish; null when nothing is.</summary>
    public static Refusal? Check(SuricataWish wish)
    {
        return !SuricataKeys.Versions.Contains(wish.Version) ? Refuse($"version {wish.Version}", "Suricata 7, 8 and 9 are known.")
            : wish.Captures.Length == 0 ? Refuse("interfaces", "None is named.")
            : wish.FlowBytes < 64L << 20 || wish.StreamBytes < 32L << 20 || wish.ReassemblyBytes < 64L << 20 ? Refuse("memory", "Less than 64 MiB for flows, 32 MiB for streams and 64 MiB for reassembly is not enough to begin with.")
            : wish.Captures.Select(CheckCapture).FirstOrDefault(refusal => refusal is not null) ?? CheckTogether(wish);
    }

    private static Refusal? CheckCapture(SuricataCapture capture)
    {
        string name = capture.InterfaceName;
        string?[] files = [capture.XdpFilterFile, capture.EbpfFilterFile, capture.EbpfLoadBalancerFile];
        return !InterfaceName.IsPlain(name) || name == "default" ? Refuse(name, "It is not the name of an interface; 'default' means all others to Suricata.")
            : capture.Threads is < 1 or > 1024 ? Refuse(name, $"It has 1 to 1024 threads, not {capture.Threads}.")
            : capture.Cpus.Length > 0 && capture.Cpus.Length != capture.Threads ? Refuse(name, $"{capture.Cpus.Length} CPUs are named for {capture.Threads} threads; Suricata would give some to two threads without a word.")
            : Array.Exists(capture.Cpus, cpu => cpu is < 0 or > CpuList.Highest) ? Refuse(name, "A CPU has a number from 0 on.")
            : capture.ClusterId is < 1 or > 65535 ? Refuse(name, $"A fanout group has a number from 1 to 65535, not {capture.ClusterId}.")
            : !ClusterTypes.Contains(capture.ClusterType) ? Refuse(capture.ClusterType, "The type is cluster_qm, cluster_flow, cluster_cpu or cluster_ebpf.")
            : capture.ClusterType == "cluster_ebpf" && capture.EbpfLoadBalancerFile is null ? Refuse(name, "cluster_ebpf needs the program that picks the thread (lb.bpf).")
            : capture.TpacketVersion is not (2 or 3) ? Refuse(name, "A ring has form 2 or 3.")
            : capture.BlockBytes < PageBytes || capture.BlockBytes % PageBytes != 0 || capture.BlockBytes > 64L << 20 ? Refuse(name, $"A block is a multiple of {PageBytes} bytes, up to 64 MiB, not {capture.BlockBytes}.")
            : capture.RingSize < 1 || SuricataRing.RingBytes(capture.RingSize, capture.BlockBytes, SuricataRing.FrameBytes(capture.TpacketVersion, 1500, capture.ClusterType == "cluster_flow")) >= LargestRing ? Refuse(name, "A ring is smaller than 2 GiB.")
            : capture.XdpMode is not (null or "soft" or "driver" or "hw") ? Refuse(capture.XdpMode, "The mode is soft, driver or hw.")
            : capture.XdpMode is not null && capture.XdpFilterFile is null ? Refuse(name, "An XDP mode needs the program (xdp_filter.bpf).")
            : Array.Find(files, file => file is not null && !IsPath(file)) is string file ? Refuse(file, "A file is an absolute path of letters, digits and the signs / . _ - + only.")
            : null;
    }

    private static Refusal? CheckTogether(SuricataWish wish)
    {
        int[] all = [.. wish.Captures.SelectMany(capture => capture.Cpus)];
        bool isPinned = all.Length > 0;
        return wish.Captures.GroupBy(capture => capture.InterfaceName).FirstOrDefault(same => same.Count() > 1) is { } twice ? Refuse(twice.Key, "It is named twice.")
            : wish.Captures.GroupBy(capture => capture.ClusterId).FirstOrDefault(same => same.Count() > 1) is { } group ? Refuse(group.Last().InterfaceName, $"Fanout group {group.Key} is that of '{group.First().InterfaceName}' already.")
            : all.GroupBy(cpu => cpu).FirstOrDefault(same => same.Count() > 1) is { } cpu ? Refuse($"CPU {cpu.Key}", "Two threads would share it.")
            : isPinned && wish.Captures.FirstOrDefault(capture => capture.Cpus.Length == 0) is { } loose ? Refuse(loose.InterfaceName, "Its threads have no CPUs while others have; Suricata pins all or none.")
            : isPinned && wish.ManagementCpus.Length == 0 ? Refuse("management-cpu-set", "Threads that look at no packets need a CPU, too.")
            : wish.ManagementCpus.Intersect(all).ToArray() is [int shared, ..] ? Refuse($"CPU {shared}", "A worker would share it with the threads that look at no packets.")
            : Order(wish);
    }

    // A set of CPUs is a set: Suricata hands it out from the lowest, whatever the order in the file.
    private static Refusal? Order(SuricataWish wish)
    {
        int[] order = wish.Version < 8 ? [.. wish.Captures.SelectMany(capture => capture.Cpus)] : [];
        foreach (int[] cpus in wish.Version < 8 ? [order] : wish.Captures.Select(capture => capture.Cpus))
        {
            if (!cpus.SequenceEqual(cpus.Order()))
            {
                return Refuse(
                    $"CPUs {string.Join(',', cpus)}",
                    wish.Version < 8
                        ? "Suricata 7 has one set for the threads of all interfaces and hands it out from the lowest CPU on: name them ascending, those of the first interface first, or run one Suricata for each node, or version 8, which has a set for each interface."
                        : "Suricata hands a set out from the lowest CPU on: name them ascending.");
            }
        }

        return null;
    }

    private static bool IsPath(string path) => path.StartsWith('/') && path.Length < 1024 && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+');

    private static Refusal Refuse(string target, string detail) => new(Errno.EINVAL, "write Suricata's configuration", target) { Detail = detail };
}
