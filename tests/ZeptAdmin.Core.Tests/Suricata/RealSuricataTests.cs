namespace ZeptAdmin.Tests.Suricata;

/// <summary>The real engine that other tests use: it starts, is seen, and leaves nothing behind.</summary>
public class RealSuricataTests
{
    private const string TwoWorkers = """
        runmode: workers
        af-packet:
          - interface: zb
            threads: 2
            cluster-id: 71
            cluster-type: cluster_qm
            tpacket-v3: yes
            ring-size: 2048
        """;

    [Fact]
    public void Suricata_captures_with_each_thread_and_is_gone_after_the_test()
    {
        _ = RealSuricata.Root;
        using NetworkNamespace network = NetworkNamespace.WithVeth(2);
        using TemporaryFolder folder = new();
        int process;
        using (RealSuricata suricata = RealSuricata.Start(network, folder, TwoWorkers, members: 2))
        {
            process = suricata.ProcessId;
            Assert.Equal(["W#01-zb", "W#02-zb"], suricata.Threads().Select(thread => thread.Name).Where(name => name.StartsWith("W#", StringComparison.Ordinal)).Order());
            suricata.WaitUntil(() => File.Exists(suricata.Eve) && File.ReadAllText(suricata.Eve).Contains("\"W#02-zb\"", StringComparison.Ordinal), "write statistics of threads");
        }

        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Fact]
    public void What_cannot_start_says_why()
    {
        _ = RealSuricata.Root;
        using NetworkNamespace network = NetworkNamespace.WithVeth(1);
        using TemporaryFolder folder = new();

        Exception failure = Assert.ThrowsAny<Exception>(() => RealSuricata.Start(network, folder, "runmode: no-such-mode\naf-packet:\n  - interface: zb\n", members: 1));

        Assert.Contains("no-such-mode", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_engine_ends_as_well()
    {
        _ = RealSuricata.Root;
        using NetworkNamespace network = NetworkNamespace.WithVeth(2);
        using TemporaryFolder folder = new();
        RealSuricata suricata = RealSuricata.Start(network, folder, TwoWorkers, members: 2);
        suricata.Signal("STOP");
        suricata.Dispose();

        Assert.False(suricata.IsRunning);
    }
}
