using ZeptAdmin.Suricata;

namespace ZeptAdmin.Tests.Suricata;

/// <summary>Wishes by chance, all of them possible; the same seed gives the same ones.</summary>
internal static class RandomSuricataWishes
{
    private static readonly string[] Types = ["cluster_qm", "cluster_flow", "cluster_cpu", "cluster_ebpf"];
    private static readonly string[] Names = ["ens1f0", "enp7s0f1", "eth0", "eth0.100", "p4p1_2", "ENO1", "no", "1e3", "x-1", "on"];
    private static readonly string[] Modes = ["soft", "driver", "hw"];

    public static IEnumerable<SuricataWish> Make(int count, int version, int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            yield return Make(random, version);
        }
    }

    private static SuricataWish Make(Random random, int version)
    {
        Queue<int> cpus = new(Enumerable.Range(1, 400).Where(_ => random.Next(2) == 0));
        bool isPinned = random.Next(4) > 0;
        bool isBypassing = random.Next(2) == 0;
        int id = random.Next(1, 60_000);
        return new SuricataWish
        {
            Version = version,
            ManagementCpus = isPinned ? [0, .. random.Next(2) == 0 ? [500, 501] : Array.Empty<int>()] : [],
            FlowBytes = random.NextInt64(64, 9000) << 20,
            StreamBytes = random.NextInt64(32, 20_000) << 20,
            ReassemblyBytes = random.NextInt64(64, 40_000) << 20,
            ReassemblyDepth = random.NextInt64(1, 16) << 20,
            IsBypassing = isBypassing,
            Captures =
            [
                .. Names.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Select(name =>
                {
                    int threads = random.Next(1, 24);
                    string type = Types[random.Next(Types.Length)];
                    bool hasXdp = random.Next(3) == 0;
                    return new SuricataCapture
                    {
                        InterfaceName = name,
                        Threads = threads,
                        Cpus = isPinned ? [.. Enumerable.Range(0, threads).Select(_ => cpus.Dequeue())] : [],
                        ClusterId = id++,
                        ClusterType = type,
                        TpacketVersion = random.Next(2, 4),
                        RingSize = random.Next(1, 200_000),
                        BlockBytes = 131_072 << random.Next(5),
                        IsLocked = random.Next(2) == 0,
                        XdpFilterFile = hasXdp ? "/usr/lib/suricata/ebpf/xdp_filter.bpf" : null,
                        XdpMode = hasXdp ? Modes[random.Next(3)] : null,
                        EbpfFilterFile = random.Next(3) == 0 ? "/opt/s-1.0_x/bypass+filter.bpf" : null,
                        EbpfLoadBalancerFile = type == "cluster_ebpf" ? "/usr/lib/suricata/ebpf/own.bpf" : null,
                    };
                }),
            ],
        };
    }
}
