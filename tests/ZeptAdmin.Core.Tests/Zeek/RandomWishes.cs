using ZeptAdmin.Zeek;

namespace ZeptAdmin.Tests.Zeek;

/// <summary>Wishes by chance, all of them possible; the same seed gives the same ones.</summary>
internal static class RandomWishes
{
    private static readonly string[] Modes = ["FANOUT_QM", "FANOUT_HASH", "FANOUT_CPU"];
    private static readonly string[] Names = ["ens1f0", "enp7s0f1", "eth0", "eth0.100", "p4p1_2", "ENO1", "mon0", "x-1"];
    private static readonly string[] Values = ["", "1", "/usr/lib/libjemalloc.so", "a=b", "prof:true", "x@y+z-1.2"];

    public static IEnumerable<ZeekWish> Make(int count, ZeekConfigFormat format, int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            yield return Make(random, format);
        }
    }

    private static ZeekWish Make(Random random, ZeekConfigFormat format)
    {
        // CPUs are dealt like cards: none twice.
        Queue<int> cpus = new(Enumerable.Range(0, 512).OrderBy(_ => random.Next()));
        int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => cpus.Dequeue())];
        int hosts = random.Next(1, 4);
        string HostOf(int host) => hosts == 1 ? "localhost" : $"10.0.0.{host + 1}";
        int id = random.Next(1, 60_000);
        return new ZeekWish
        {
            Format = format,
            LoadBalanceMethod = random.Next(2) == 0 ? "custom" : "af_packet",
            ManagerHost = HostOf(0),
            ManagerCpus = Take(random.Next(2)),
            LoggerCpus = Take(random.Next(3)),
            ProxyCpus = Take(random.Next(3)),
            Loggers = random.Next(0, 4),
            Proxies = random.Next(1, 4),
            Environment = [.. Enumerable.Range(0, random.Next(3)).Select(number => $"NAME_{number}={Values[random.Next(Values.Length)]}")],
            Captures = [.. Enumerable.Range(0, hosts).SelectMany(host => Captures(random, HostOf(host), Take, ref id))],
        };
    }

    private static ZeekCapture[] Captures(Random random, string host, Func<int, int[]> take, ref int id)
    {
        List<ZeekCapture> captures = [];
        foreach (string name in Names.OrderBy(_ => random.Next()).Take(random.Next(1, 4)))
        {
            int workers = random.Next(1, 24);
            captures.Add(new ZeekCapture
            {
                Source = random.Next(8) == 0 ? $"udp::0.0.0.0:{random.Next(1024, 65536)}:{(random.Next(2) == 0 ? "vxlan" : "geneve")}" : name,
                Host = host,
                Workers = workers,
                WorkerCpus = random.Next(5) == 0 ? [] : take(workers),
                FanoutId = id++,
                FanoutMode = Modes[random.Next(Modes.Length)],
                BufferBytes = 4096L * random.Next(64, 1 << 18),
                BlockBytes = random.Next(3) == 0 ? 4096 * random.Next(1, 64) : null,
            });
        }

        return [.. captures];
    }
}
