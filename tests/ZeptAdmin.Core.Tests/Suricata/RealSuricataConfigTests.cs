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

    /// <summary>All types, both forms, one thread and more, up to the CPUs that there are; one is pinned beside the system's.</summary>
    public static TheoryData<string, int, int, bool> Configurations()
    {
        TheoryData<string, int, int, bool> data = [];
        foreach (string type in Types)
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
        using RealSuricata suricata = Start(network, folder, config, threads, type);
        AfPacketSocket[] sockets = WaitForRings(network, suricata, threads);

        // The equation of the memory is the engine's own, and the kernel's word for it.
        SuricataInterface card = Assert.Single(config.Interfaces);
        Assert.All(sockets, socket => Assert.Equal((card.RingBytes, card.BlockBytes, card.TpacketVersion, threads == 1 ? null : card.ClusterId), (socket.RingBytes!.Value, socket.BlockBytes!.Value, socket.RingVersion!.Value, socket.FanoutId)));
        string[] names = [.. suricata.Threads().Select(thread => thread.Name).Where(name => name.StartsWith("W#", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(config.Workers.Select(worker => worker.Name), names);
        if (isPinned)
        {
            (string _, int id) = suricata.Threads().Single(thread => thread.Name == "W#01-zb");
            Assert.Contains("Cpus_allowed_list:\t1\n", File.ReadAllText($"/proc/{suricata.ProcessId}/task/{id}/status"), StringComparison.Ordinal);
        }
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
        Assert.DoesNotContain(SuricataLint.Test(read, sensor, new LiveFileTree()), check => check.Id is "L1.Key" or "L1.Value" or "L1.Header" && check.Severity is SuricataVerdict.Warn or SuricataVerdict.Fail);
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
        Assert.Contains(SuricataLint.Test(SuricataConfigs.Parse(broken, 7, sensor), sensor), check => check.Severity == SuricataVerdict.Fail && check.Id == id);
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

    // The main file has the two first lines already.
    private static string Included(SuricataConfig config) => config.Text[Header.Length..];

    private static AfPacketSocket[] WaitForRings(NetworkNamespace network, RealSuricata suricata, int threads)
    {
        AfPacketSocket[] sockets = [];
        suricata.WaitUntil(
            () =>
            {
                network.Run(() =>
                {
                    using Sensor sensor = Sensor.Open(null);
                    sockets = [.. AfPacketSockets.Get(sensor).Value.Where(socket => socket is { InterfaceName: "zb", RingBytes: > 0 })];
                });
                return sockets.Length == threads;
            },
            "have a ring for each thread");
        return sockets;
    }

    private static RealSuricata Start(NetworkNamespace network, TemporaryFolder folder, SuricataConfig config, int threads, string type)
    {
        try
        {
            return RealSuricata.Start(network, folder, Included(config), threads);
        }
        catch (Exception e) when (type == "cluster_ebpf" && e.Message.Contains("failed to load eBPF lb file", StringComparison.Ordinal))
        {
            Assert.Skip("the kernel lets no eBPF program be loaded here");
            throw;
        }
    }
}
