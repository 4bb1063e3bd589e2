using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;
using ZeptAdmin.Tests.Zeek;

namespace ZeptAdmin.Tests.Suricata;

/// <summary>Test-SuricataConfig -Corrected: what one line can put right is, and nothing else of the file moves.</summary>
public sealed class SuricataCorrectionTests(TalkMachine machine) : IClassFixture<TalkMachine>
{
    private const string Good = """
        %YAML 1.1
        ---
        # how it runs
        runmode: workers   # as S1 has it
        af-packet:
          - interface: enp7s0f1
            threads: 6
            cluster-id: 98
            cluster-type: cluster_flow # symmetric
            defrag: yes
            tpacket-v3: yes
            ring-size: 20000
            block-size: 393216
            checksum-checks: kernel
        threading:
          set-cpu-affinity: yes
          cpu-affinity:
            - management-cpu-set:
                cpu: [ 14 ]
            - worker-cpu-set:
                cpu: [ "4-9" ]
                mode: exclusive
        stream:
          memcap: 2gb
          reassembly:
            memcap: 4gb

        """;

    [Fact]
    public void A_good_file_stays_to_the_byte()
    {
        SuricataConfig corrected = Correct(Good);

        Assert.Equal(Good, corrected.Text);
        Assert.Empty(corrected.Notes);
    }

    [Theory]
    [InlineData("%YAML 1.1\n---\n", "")]
    [InlineData("%YAML 1.1\n---\n", "---\n")]
    [InlineData("runmode: workers   #", "runmode: autofp   #")]
    [InlineData("    threads: 6\n", "    threads: 6\n    use-mmap: yes\n")]
    [InlineData("ring-size: 20000", "ring_sise: 20000")]
    [InlineData("tpacket-v3: yes", "tpacket-v3: no")]
    [InlineData("block-size: 393216", "block-size: 393217")]
    [InlineData("cluster_flow #", "cluster_rollover #")]
    [InlineData("checksum-checks: kernel", "checksum-checks: yes")]
    [InlineData("memcap: 2gb", "memcap: 2GiB")]
    public void A_fault_is_put_right_and_nothing_else_moves(string good, string bad)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);

        SuricataConfig corrected = Correct(Good.Replace(good, bad, StringComparison.Ordinal));

        Assert.Equal(Good, corrected.Text);
        Assert.NotEmpty(corrected.Notes);
        Assert.DoesNotContain(corrected.Notes, note => note.StartsWith("Left: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"4-9\"", "\"4-8\"", "Left: line 21, L4.CpuCount: 5 CPUs for 6 threads: some share one.")]
    [InlineData("cluster_flow #", "cluster_rnd #", "Left: line 9, L3.ClusterType: cluster_rnd.")]
    public void What_takes_a_decision_stays_said(string good, string bad, string note)
    {
        string text = Good.Replace(good, bad, StringComparison.Ordinal);

        SuricataConfig corrected = Correct(text);

        Assert.Equal(text, corrected.Text);
        Assert.Contains(corrected.Notes, said => said.StartsWith(note, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_interfaces_get_groups_of_their_own()
    {
        SuricataConfig corrected = Correct(Good.Replace("threading:\n", "  - interface: enp17s0f0\n    threads: 2\n    cluster-id: 98\n    tpacket-v3: yes\nthreading:\n", StringComparison.Ordinal));

        Assert.Equal(2, corrected.Interfaces.Select(card => card.ClusterId).Distinct().Count());
        Assert.DoesNotContain(SuricataLint.Test(corrected, machine.Sensor), check => check is { Id: "L3.ClusterId", Severity: CheckSeverity.Fail });
    }

    [Fact]
    public void Lines_may_end_as_those_of_another_system()
    {
        string text = Good.Replace("\n", "\r\n", StringComparison.Ordinal);

        Assert.Equal(text, Correct(text.Replace("cluster_flow", "cluster_rollover", StringComparison.Ordinal)).Text);
    }

    [Fact]
    public void An_included_file_is_told_and_not_touched()
    {
        using TemporaryFolder folder = new();
        _ = folder.Write("more.yaml", Good.Replace("cluster_flow", "cluster_rollover", StringComparison.Ordinal));
        string path = folder.Write("main.yaml", "%YAML 1.1\n---\ninclude: more.yaml\n");
        SuricataConfig config = SuricataConfigs.Import(machine.Sensor, new LiveFileTree(), path, 7).Value;

        SuricataConfig corrected = SuricataCorrection.Correct(config, machine.Sensor, new LiveFileTree());

        Assert.Equal(config.Text, corrected.Text);
        Assert.Contains(corrected.Notes, note => note.Contains("more.yaml line 9, L3.ClusterType", StringComparison.Ordinal));
    }

    /// <summary>What a version's own engine refuses, it takes afterwards.</summary>
    [Fact]
    public void The_engine_takes_the_corrected_file()
    {
        string text = RealSuricata.Preamble + Good["%YAML 1.1\n---\n".Length..].Replace("memcap: 2gb", "memcap: 2GiB", StringComparison.Ordinal)
            .Replace("[ 14 ]", "[ 0 ]", StringComparison.Ordinal).Replace("[ \"4-9\" ]", "[ 1 ]", StringComparison.Ordinal);
        Assert.NotEqual(0, RealSuricata.Check(text).ExitCode);

        using Sensor sensor = Sensor.Open(null);
        (int exitCode, string output) = RealSuricata.Check(SuricataCorrection.Correct(SuricataConfigs.Parse(text, 7, sensor), sensor).Text);

        Assert.True(exitCode == 0, output);
    }

    private SuricataConfig Correct(string text) => SuricataCorrection.Correct(SuricataConfigs.Parse(text, 7, machine.Sensor), machine.Sensor);
}
