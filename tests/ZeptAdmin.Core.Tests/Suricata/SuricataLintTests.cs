using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;
using ZeptAdmin.Tests.Zeek;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Tests.Suricata;

public sealed class SuricataLintTests(TalkMachine machine) : IClassFixture<TalkMachine>
{
    /// <summary>The configuration of S1 (field.md L1), with the threads of the talk's first card.</summary>
    private const string Good = """
        %YAML 1.1
        ---
        runmode: workers
        af-packet:
          - interface: enp7s0f1
            threads: 6
            cluster-id: 98
            cluster-type: cluster_flow
            defrag: yes
            tpacket-v3: yes
            ring-size: 20000
            block-size: 393216
        threading:
          set-cpu-affinity: yes
          cpu-affinity:
            - management-cpu-set:
                cpu: [ 14 ]
            - worker-cpu-set:
                cpu: [ "4-9" ]
                mode: exclusive
                prio:
                  default: high
        stream:
          memcap: 2gb
          reassembly:
            memcap: 4gb
        """;

    [Fact]
    public void A_good_file_has_no_fault() =>
        Assert.Empty(Test(Good).Where(check => check.Severity is CheckSeverity.Warn or CheckSeverity.Fail).Select(check => $"{check.Id} {check.Line} {check.Actual}"));

    [Theory]
    [InlineData("%YAML 1.1\n---", "---", "L1.Header", 1, CheckSeverity.Fail)]
    [InlineData("    threads: 6", "    thread: 6", "L1.Key", 6, CheckSeverity.Warn)]
    [InlineData("    threads: 6", "    enable-hwtimestamp: no\n    threads: 6", "L1.Key", 6, CheckSeverity.Warn)]
    [InlineData("    threads: 6", "    threads: six", "L1.Value", 6, CheckSeverity.Warn)]
    [InlineData("memcap: 2gb", "memcap: 2GiB", "L1.Value", 24, CheckSeverity.Fail)]
    [InlineData("memcap: 2gb", "memcap: lots", "L1.Value", 24, CheckSeverity.Fail)]
    [InlineData("runmode: workers", "runmode: workers\nstream:\n  memcap: 1gb", "L1.Redefined", 25, CheckSeverity.Warn)]
    [InlineData("runmode: workers", "runmode: autofp", "L1.RunMode", 3, CheckSeverity.Warn)]
    [InlineData("defrag: yes", "use-mmap: yes", "L1.UseMmap", 9, CheckSeverity.Warn)]
    [InlineData("tpacket-v3: yes", "tpacket-v3: no", "L1.TpacketVersion", 10, CheckSeverity.Warn)]
    [InlineData("defrag: yes", "copy-mode: ips\n    copy-iface: enp17s0f0", "L1.TpacketVersion", 11, CheckSeverity.Warn)]
    [InlineData("block-size: 393216", "block-size: 100000", "L2.BlockSize", 12, CheckSeverity.Warn)]
    [InlineData("block-size: 393216", "block-size: 32768", "L2.BlockSize", 12, CheckSeverity.Warn)]
    [InlineData("cluster_flow", "cluster_rollover", "L3.ClusterType", 8, CheckSeverity.Warn)]
    [InlineData("cluster_flow", "cluster_rnd", "L3.ClusterType", 8, CheckSeverity.Fail)]
    [InlineData("cluster_flow", "cluster_ebpf", "L3.LoadBalancer", 8, CheckSeverity.Fail)]
    [InlineData("cluster_flow", "cluster_qm", "L3.QueueCount", 6, CheckSeverity.Fail)]
    [InlineData("block-size: 393216", "block-size: 393216\n  - interface: enp17s0f0\n    threads: 2\n    cluster-id: 98", "L3.ClusterId", 7, CheckSeverity.Fail)]
    [InlineData("set-cpu-affinity: yes", "set-cpu-affinity: no", "L4.Affinity", 14, CheckSeverity.Warn)]
    [InlineData("mode: exclusive", "threads: 3", "L4.ThreadLimit", 6, CheckSeverity.Fail)]
    [InlineData("threads: 6", "threads: 60", "L4.ThreadLimit", 6, CheckSeverity.Fail)]
    [InlineData("\"4-9\"", "\"4-8\"", "L4.CpuCount", 19, CheckSeverity.Fail)]
    [InlineData("mode: exclusive", "mode: balanced", "L4.CpuCount", 20, CheckSeverity.Warn)]
    [InlineData("\"4-9\"", "\"all\"", "L4.CpuCount", 19, CheckSeverity.Warn)]
    [InlineData("\"4-9\"", "\"4-8\", 99", "L4.CpuRange", 19, CheckSeverity.Fail)]
    [InlineData("\"4-9\"", "\"4-8\", 15", "L4.Node", 19, CheckSeverity.Warn)]
    [InlineData("\"4-9\"", "\"3-8\"", "L4.Irq", 19, CheckSeverity.Fail)]
    [InlineData("\"4-9\"", "\"4-8\", 32", "L4.Core", 19, CheckSeverity.Warn)]
    [InlineData("cpu: [ 14 ]", "cpu: [ 5 ]", "L4.Management", 16, CheckSeverity.Fail)]
    [InlineData("memcap: 2gb\n  reassembly:\n    memcap: 4gb", "memcap: 64mb", "L5.StreamMemory", 24, CheckSeverity.Warn)]
    [InlineData("ring-size: 20000", "ring-size: 30000000", "L6.Memory", 11, CheckSeverity.Fail)]
    [InlineData("ring-size: 20000", "ring-size: 10000000", "L6.NodeMemory", 11, CheckSeverity.Warn)]
    [InlineData("defrag: yes", "bypass: yes", "L7.Bypass", 9, CheckSeverity.Warn)]
    [InlineData("defrag: yes", "checksum-checks: yes", "L12.Checksums", 9, CheckSeverity.Warn)]
    public void A_fault_is_found_on_its_line(string good, string bad, string id, int line, CheckSeverity severity)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        ConfigCheck[] checks = Test(Good.Replace(good, bad, StringComparison.Ordinal));
        Assert.True(Array.Exists(checks, check => check.Id == id && check.Line == line && check.Severity == severity), string.Join('\n', checks.Select(check => $"{check.Id} {check.Line} {check.Severity} {check.Actual}")));
    }

    [Fact]
    public void The_layout_of_the_other_version_is_told()
    {
        Assert.Contains(Test(Good, 8), check => check is { Id: "L4.Layout", Severity: CheckSeverity.Warn });
        Assert.DoesNotContain(Test(Good, 8), check => check is { Id: "L1.Key", Severity: CheckSeverity.Warn });
        string map = Good.Replace("    - management-cpu-set:", "    management-cpu-set:", StringComparison.Ordinal).Replace("    - worker-cpu-set:", "    worker-cpu-set:", StringComparison.Ordinal);
        Assert.Contains(Test(map, 7), check => check is { Id: "L4.Layout", Severity: CheckSeverity.Fail });
        Assert.Equal(8, SuricataConfigs.Parse(map).Version);
        Assert.Equal(7, SuricataConfigs.Parse(Good).Version);
    }

    [Fact]
    public void What_a_random_wish_makes_has_no_fault_in_the_file_itself()
    {
        foreach (int version in SuricataKeys.Versions)
        {
            foreach (SuricataWish wish in RandomSuricataWishes.Make(50, version, 3))
            {
                Assert.DoesNotContain(Test(SuricataConfigs.Make(wish).Value.Text, version), check => check.Id is "L1.Key" or "L1.Value" or "L1.Header" or "L4.Layout" or "L4.CpuCount" or "L3.ClusterId" or "L3.ClusterType" or "L3.LoadBalancer" && check.Severity is CheckSeverity.Warn or CheckSeverity.Fail);
            }
        }
    }

    [Fact]
    public void Includes_are_read_and_a_section_that_they_take_away_is_told_with_both_places()
    {
        using TemporaryFolder folder = new();
        string included = folder.Write("sensor.yaml", "%YAML 1.1\n---\nstream:\n  memcap: 8gb\n");
        string last = folder.Write("last.yaml", Good + "\ninclude: sensor.yaml\n");
        string first = folder.Write("first.yaml", Good.Replace("runmode: workers", "include: sensor.yaml\nrunmode: workers", StringComparison.Ordinal));
        string missing = folder.Write("missing.yaml", Good + "\ninclude: nothere.yaml\n");

        SuricataConfig config = Import(last);
        Assert.Equal([included], config.Includes);
        Assert.Equal(8L << 30, config.Memory.StreamBytes);
        Assert.Equal(256L << 20, config.Memory.ReassemblyBytes);
        Assert.DoesNotContain(SuricataLint.Test(config, machine.Sensor, new LiveFileTree()), check => check is { Id: "L1.Redefined" });

        ConfigCheck swallowed = Assert.Single(SuricataLint.Test(Import(first), machine.Sensor, new LiveFileTree()), check => check is { Id: "L1.Redefined" });
        Assert.Equal((first, 24), (swallowed.Path, swallowed.Line));
        Assert.Contains($"'{included}' has on line 3", swallowed.Actual, StringComparison.Ordinal);
        Assert.Contains(SuricataLint.Test(Import(missing), machine.Sensor, new LiveFileTree()), check => check is { Id: "L1.Include", Severity: CheckSeverity.Fail, Line: 27 });
    }

    [Theory]
    [InlineData("af-packet:\n  - [", 2)]
    [InlineData("a: 'b", 1)]
    [InlineData("a: b: c", 1)]
    public void What_is_no_YAML_is_told_by_line(string text, int line) =>
        Assert.InRange(Assert.Throws<KernelFormatException>(() => SuricataConfigs.Parse(text)).Line, line, line + 1);

    [Fact]
    public void Dotted_keys_and_underlines_are_read_as_Suricata_reads_them()
    {
        SuricataConfig config = SuricataConfigs.Parse("%YAML 1.1\n---\nstream.memcap: 3gb\nflow:\n  memcap: 1gb\naf-packet:\n  - interface: eth0\n    cluster_id: 7\n    ring_size: 5000\n  - interface: default\n    threads: 3\n", 7);

        Assert.Equal((3L << 30, 1L << 30), (config.Memory.StreamBytes, config.Memory.FlowBytes));
        SuricataInterface card = Assert.Single(config.Interfaces);
        Assert.Equal(("eth0", 3, 7, 5000L, 2), (card.InterfaceName, card.Threads!.Value, card.ClusterId!.Value, card.RingSize!.Value, card.TpacketVersion));
    }

    [Theory]
    [InlineData("64mb", 7, 64L << 20)]
    [InlineData("1.5 GB", 7, 3L << 29)]
    [InlineData("64 MiB", 8, 64L << 20)]
    [InlineData("64 MiB", 7, null)]
    [InlineData("64 mib", 8, null)]
    [InlineData("1024", 9, 1024L)]
    [InlineData("-1", 9, null)]
    public void Sizes_are_those_of_each_version(string text, int version, long? bytes) => Assert.Equal(bytes, SuricataSize.Parse(text, version));

    private static SuricataConfig Import(string path)
    {
        using Sensor sensor = Sensor.Open(null);
        return SuricataConfigs.Import(sensor, new LiveFileTree(), path, 7).Value;
    }

    private ConfigCheck[] Test(string text, int version = 7) => SuricataLint.Test(SuricataConfigs.Parse(text, version, machine.Sensor), machine.Sensor);
}
