using System.Text.Json;
using ZeptAdmin.Drops;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;

namespace ZeptAdmin.Tests.Suricata;

/// <summary>What New-SuricataConfig writes, before the engine that it is for: it passes its own check, and starts.</summary>
public sealed class RealSuricataConfigTests
{
    private const string Header = "%YAML 1.1\n---\n";

    private static readonly string[] Types = ["cluster_qm", "cluster_flow", "cluster_cpu", "cluster_ebpf"];

    /// <summary>
    /// The types that take no program, both forms, one thread and more, up to the CPUs that there are; one is pinned beside the system's. Without its program
    /// the engine of one thread starts all the same, and proves nothing.
    /// </summary>
    public static TheoryData<string, int, int, bool> Configurations()
    {
        TheoryData<string, int, int, bool> data = [];
        foreach (string type in Types[..3])
        {
            data.Add(type, 3, 1, true);
            data.Add(type, 3, 2, false);
            data.Add(type, 2, 4, false);
        }

        data.Add("cluster_qm", 3, 8, false);
        data.Add("cluster_flow", 3, 8, false);
        return data;
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_configuration_passes_the_engines_check_and_starts(string type, int tpacket, int threads, bool isPinned)
    {
        string root = RealSuricata.Root;
        Assert.SkipWhen(isPinned && Environment.ProcessorCount < 2, "two CPUs are needed to pin a thread apart");
        // Suricata makes no more threads than CPUs when none is pinned.
        threads = Math.Min(threads, Environment.ProcessorCount);
        SuricataConfig config = SuricataConfigs.Make(Wish(root, type, tpacket, threads, isPinned)).Value;

        (int exitCode, string output) = RealSuricata.Check(RealSuricata.Preamble + Included(config));
        Assert.True(exitCode == 0, output);

        using NetworkNamespace network = NetworkNamespace.WithVeth(threads);
        using TemporaryFolder folder = new();
        using RealSuricata suricata = RealSuricata.Start(network, folder, Included(config), threads);
        AssertRings(config, WaitForRings(network, suricata, "zb", threads));
        string[] names = [.. suricata.Threads().Select(thread => thread.Name).Where(name => name.StartsWith("W#", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(config.Workers.Select(worker => worker.Name), names);
        if (isPinned)
        {
            (string _, int id) = suricata.Threads().Single(thread => thread.Name == "W#01-zb");
            Assert.Contains("Cpus_allowed_list:\t1\n", File.ReadAllText($"/proc/{suricata.ProcessId}/task/{id}/status"), StringComparison.Ordinal);
        }
    }

    /// <summary>More CPUs than this machine has: what they are in Suricata's eyes. Sets on one node, and on two with a card each.</summary>
    [Theory]
    [InlineData("cluster_qm", 3, 8, 0)]
    [InlineData("cluster_flow", 2, 3, 0)]
    [InlineData("cluster_cpu", 3, 5, 0)]
    [InlineData("cluster_ebpf", 3, 8, 0)]
    [InlineData("cluster_ebpf", 2, 2, 0)]
    [InlineData("cluster_qm", 3, 4, 4)]
    [InlineData("cluster_flow", 3, 4, 2)]
    [InlineData("cluster_cpu", 2, 2, 3)]
    [InlineData("cluster_ebpf", 3, 3, 4)]
    public void Threads_come_to_the_CPUs_that_the_object_tells_on_a_larger_machine(string type, int tpacket, int first, int second)
    {
        string root = RealSuricata.Root;
        SuricataConfig config = SuricataConfigs.Make(Wish(root, type, tpacket, first, second)).Value;
        using NetworkNamespace network = NetworkNamespace.WithVeth(Math.Max(first, second));
        using TemporaryFolder folder = new();
        SuricataPretence pretence = new(folder, 16);
        using RealSuricata suricata = RealSuricata.Start(pretence, network, folder, Included(config), first + second);

        AssertRings(config, [.. WaitForRings(network, suricata, "zb", first), .. second > 0 ? WaitForRings(network, suricata, "za", second) : []]);
        Assert.Equal(
            config.Workers.Select(worker => (worker.Name, worker.Cpu!.Value)).Order(),
            pretence.Affinities.Where(thread => thread.Key.StartsWith("W#", StringComparison.Ordinal)).Select(thread => (thread.Key, Assert.Single(thread.Value))).Order());
        Assert.Equal([0], pretence.Affinities.Where(thread => !thread.Key.StartsWith("W#", StringComparison.Ordinal)).SelectMany(thread => thread.Value).Distinct());
        if (type == "cluster_ebpf")
        {
            Assert.Contains("Successfully loaded eBPF file", suricata.Output, StringComparison.Ordinal);
            Assert.Equal(first + second, suricata.Output.Split("Activated eBPF on socket").Length - 1);
        }
    }

    /// <summary>Each type, both forms, one to eight threads, on CPUs of one node and of two.</summary>
    [Fact]
    public void Every_size_passes_the_engines_check()
    {
        string root = RealSuricata.Root;
        using TemporaryFolder folder = new();
        SuricataPretence pretence = new(folder, 16);
        foreach (string type in Types)
        {
            foreach ((int tpacket, int first, int second) in (from tpacket in (int[])[2, 3] from first in Enumerable.Range(1, 8) from second in (int[])[0, (first % 4) + 1] select (tpacket, first, second)))
            {
                SuricataConfig config = SuricataConfigs.Make(Wish(root, type, tpacket, first, second)).Value;
                (int exitCode, string output) = RealSuricata.Check(pretence, RealSuricata.Preamble + Included(config));
                Assert.True(exitCode == 0 && !output.Contains("Error", StringComparison.Ordinal) && !output.Contains("Warning: af-packet", StringComparison.Ordinal), $"{type}, form {tpacket}, {first} and {second} threads: {output}");
            }
        }
    }

    /// <summary>
    /// What L3.LoadBalancer says of the program that Suricata brings along: without a tag it takes the first half of the source address for the protocol, and
    /// that for the number of the thread (ebpf/lb.c reads from the link header on; the kernel hands over the packet from the network header on).
    /// </summary>
    [Fact]
    public void The_engines_own_program_parts_the_two_directions_of_a_flow()
    {
        const int frames = 200;
        SuricataConfig config = SuricataConfigs.Make(Wish(RealSuricata.Root, "cluster_ebpf", 3, 3, 0)).Value;
        using NetworkNamespace network = NetworkNamespace.WithVeth(3, isAlone: true);
        using TemporaryFolder folder = new();
        using RealSuricata suricata = RealSuricata.Start(new SuricataPretence(folder, 16), network, folder, Included(config), 3);
        _ = WaitForRings(network, suricata, "zb", 3);
        network.Run(() =>
        {
            // 10.0.0.1 to 192.0.2.1, and back.
            using FrameSender sender = new("za");
            for (int i = 0; i < frames; i++)
            {
                sender.Send(FrameSender.Udp(1, isReturn: false));
                sender.Send(FrameSender.Udp(1, isReturn: true));
            }
        });
        long[] packets = [];
        suricata.WaitUntil(() => (packets = PacketsOfThreads(suricata)).Sum() >= 2L * frames, "count all packets");

        // A few more are those by which the two ends find each other (IPv6). Threads are members in the order in which they started.
        Assert.Equal(3, packets.Length);
        Assert.All([0x0a00 % 3, 0xc000 % 3], member => Assert.InRange(packets[member], frames, (2 * frames) - 1));
        using Sensor sensor = Sensor.Open(null);
        Assert.Contains(SuricataLint.Test(config, sensor, new LiveFileTree()), check => check is { Id: "L3.LoadBalancer", Severity: CheckSeverity.Warn });
    }

    [Fact]
    public void Debians_template_with_the_file_included_last_is_what_the_object_says()
    {
        string root = RealSuricata.Root;
        using TemporaryFolder folder = new();
        SuricataConfig made = SuricataConfigs.Make(Wish(root, "cluster_qm", 3, 1, isPinned: true)).Value;
        string include = folder.Write("zept.yaml", made.Text);
        string template = File.ReadAllText(Path.Combine(root, "etc/suricata/suricata.yaml")).Replace("/etc/suricata/", root + "/etc/suricata/", StringComparison.Ordinal);
        string main = folder.Write("suricata.yaml", template + $"\ninclude: {include}\n");

        (int exitCode, string output) = RealSuricata.Check(File.ReadAllText(main));
        Assert.True(exitCode == 0, output);
        using Sensor sensor = Sensor.Open(null);
        SuricataConfig read = SuricataConfigs.Import(sensor, new LiveFileTree(), main).Value;
        Assert.Equal(7, read.Version);
        Assert.Equal(made.Interfaces.Select(card => (card.InterfaceName, card.Threads, card.RingBytes)), read.Interfaces.Select(card => (card.InterfaceName, card.Threads, card.RingBytes)));
        Assert.Equal(made.Workers, read.Workers);
        Assert.Equal(made.Memory.StreamBytes, read.Memory.StreamBytes);
        Assert.DoesNotContain(SuricataLint.Test(read, sensor, new LiveFileTree()), check => check.Id is "L1.Key" or "L1.Value" or "L1.Header" && check.Severity is CheckSeverity.Warn or CheckSeverity.Fail);
    }

    /// <summary>What the lint calls a failure, the engine refuses.</summary>
    [Theory]
    [InlineData("L1.Value", "  memcap: 128mb\n", "  memcap: 128MiB\n")]
    [InlineData("L4.Layout", "    - management-cpu-set:\n        cpu: [ 0 ]\n    - worker-cpu-set:\n", "    management-cpu-set:\n        cpu: [ 0 ]\n    worker-cpu-set:\n")]
    public void What_fails_here_fails_there(string id, string good, string bad)
    {
        string text = SuricataConfigs.Make(Wish(RealSuricata.Root, "cluster_flow", 3, 1, isPinned: true)).Value.Text;
        string broken = text.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(text, broken);

        using Sensor sensor = Sensor.Open(null);
        Assert.Contains(SuricataLint.Test(SuricataConfigs.Parse(broken, 7, sensor), sensor), check => check.Severity == CheckSeverity.Fail && check.Id == id);
        using NetworkNamespace network = NetworkNamespace.WithVeth(1);
        using TemporaryFolder folder = new();
        _ = Assert.ThrowsAny<Exception>(() => RealSuricata.Start(network, folder, broken[Header.Length..], 1));
    }

    private static SuricataWish Wish(string root, string type, int tpacket, int threads, bool isPinned) => new()
    {
        Version = 7,
        ManagementCpus = isPinned ? [0] : [],
        Captures =
        [
            new SuricataCapture
            {
                InterfaceName = "zb",
                Threads = threads,
                Cpus = isPinned ? [1] : [],
                ClusterId = 201,
                ClusterType = type,
                TpacketVersion = tpacket,
                RingSize = 3000,
                EbpfLoadBalancerFile = type == "cluster_ebpf" ? root + "/usr/lib/suricata/ebpf/lb.bpf" : null,
            },
        ],
    };

    // Threads of zb from CPU 1 on, those of za, if any, from CPU 9 on.
    private static SuricataWish Wish(string root, string type, int tpacket, int first, int second)
    {
        SuricataWish one = Wish(root, type, tpacket, first, isPinned: true);
        SuricataCapture zb = one.Captures[0] with { Cpus = [.. Enumerable.Range(1, first)] };
        SuricataCapture za = zb with { InterfaceName = "za", Threads = second, Cpus = [.. Enumerable.Range(9, second)], ClusterId = 202 };
        return one with { Captures = second > 0 ? [zb, za] : [zb] };
    }

    // The equation of the memory is the engine's own, and the kernel's word for it.
    private static void AssertRings(SuricataConfig config, AfPacketSocket[] sockets) => Assert.All(sockets, socket =>
    {
        SuricataInterface card = config.Interfaces.Single(card => card.InterfaceName == socket.InterfaceName);
        Assert.Equal((card.RingBytes, card.BlockBytes, card.TpacketVersion, card.Threads == 1 ? null : card.ClusterId), (socket.RingBytes!.Value, socket.BlockBytes!.Value, socket.RingVersion!.Value, socket.FanoutId));
    });

    private static long[] PacketsOfThreads(RealSuricata suricata)
    {
        string? line = File.Exists(suricata.Eve) ? File.ReadAllText(suricata.Eve).Split('\n')[..^1].LastOrDefault(text => text.Contains("\"threads\"", StringComparison.Ordinal)) : null;
        return line is null ? [] :
        [
            .. from thread in JsonDocument.Parse(line).RootElement.GetProperty("stats").GetProperty("threads").EnumerateObject()
               where thread.Name.StartsWith("W#", StringComparison.Ordinal) && thread.Value.TryGetProperty("capture", out _)
               select thread.Value.GetProperty("capture").GetProperty("kernel_packets").GetInt64(),
        ];
    }

    // The main file has the two first lines already.
    private static string Included(SuricataConfig config) => config.Text[Header.Length..];

    private static AfPacketSocket[] WaitForRings(NetworkNamespace network, RealSuricata suricata, string interfaceName, int threads)
    {
        AfPacketSocket[] sockets = [];
        suricata.WaitUntil(
            () =>
            {
                network.Run(() =>
                {
                    using Sensor sensor = Sensor.Open(null);
                    sockets = [.. AfPacketSockets.Get(sensor).Value.Where(socket => socket.InterfaceName == interfaceName && socket.RingBytes > 0)];
                });
                return sockets.Length == threads;
            },
            "have a ring for each thread");
        return sockets;
    }
}
