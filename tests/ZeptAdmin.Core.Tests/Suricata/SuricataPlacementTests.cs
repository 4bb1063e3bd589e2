using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;
using ZeptAdmin.Tests.Zeek;

namespace ZeptAdmin.Tests.Suricata;

public sealed class SuricataPlacementTests(TalkMachine machine) : IClassFixture<TalkMachine>
{
    [Fact]
    public void Threads_are_on_cores_of_the_cards_node_apart_from_interrupts()
    {
        SuricataWish wish = Decide(8, 6, "enp7s0f1");

        // The talk's machine has its first card's interrupts on CPUs 0 to 3, and its node has CPUs 0 to 13 and 28 to 41.
        Assert.Equal([4, 5, 6, 7, 8, 9], Assert.Single(wish.Captures).Cpus);
        Assert.Equal(201, wish.Captures[0].ClusterId);
        Assert.DoesNotContain(wish.ManagementCpus, wish.Captures[0].Cpus.Contains);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void A_plans_ports_of_two_nodes_each_have_their_own_CPUs_and_groups(int version)
    {
        NsmPlan plan = PlanFiles.Read(Path.Combine(Repository.Root, "examples", "sensors", "talk-plan.json"));
        SuricataConfig config = SuricataConfigs.Make(SuricataPlacement.Decide(machine.Sensor, PlanSuricata.Request(plan, new SuricataRequest { Version = version })).Value, machine.Sensor).Value;

        Assert.Equal(2, plan.Ports.Length);
        foreach (PlanPort port in plan.Ports)
        {
            Assert.Equal(port.WorkerCpus.Order(), config.Workers.Where(worker => worker.InterfaceName == port.InterfaceName).Select(worker => worker.Cpu!.Value));
            Assert.Equal(port.FanoutId + 100, Assert.Single(config.Interfaces, card => card.InterfaceName == port.InterfaceName).ClusterId);
        }

        Assert.DoesNotContain(SuricataLint.Test(config, machine.Sensor), check => check.Id is "L4.Node" or "L4.CpuCount" or "L4.Management" or "L4.Core" or "L4.Layout" or "L4.ThreadLimit" && check.Severity is CheckSeverity.Warn or CheckSeverity.Fail);
    }

    [Fact]
    public void Version_7_cannot_have_CPUs_in_another_order_and_says_so()
    {
        SuricataWish wish = new()
        {
            Version = 8,
            ManagementCpus = [0],
            Captures = [new SuricataCapture { InterfaceName = "a", Threads = 2, Cpus = [20, 21], ClusterId = 1 }, new SuricataCapture { InterfaceName = "b", Threads = 2, Cpus = [5, 6], ClusterId = 2 }],
        };

        Assert.True(SuricataConfigs.Make(wish).IsKnown);
        Assert.Contains("one set for the threads of all interfaces", SuricataConfigs.Make(wish with { Version = 7 }).Refusal!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 131_072)]
    [InlineData(10, 1_048_576)]
    [InlineData(100, 4_194_304)]
    public void A_block_is_what_comes_in_ten_milliseconds(double gbps, int expected) =>
        Assert.Equal(expected, Decide(8, 8, gbps, "enp7s0f1").Captures[0].BlockBytes);

    [Fact]
    public void Memory_is_within_what_it_may_take()
    {
        foreach (long memory in (long[])[1L << 30, 4L << 30, 64L << 30, 512L << 30])
        {
            SuricataWish wish = SuricataPlacement.Decide(machine.Sensor, Request(8, 8, 100, "enp7s0f1") with { MemoryBytes = memory }).Value;
            SuricataMemory taken = SuricataConfigs.Make(wish, machine.Sensor).Value.Memory;

            Assert.InRange(taken.RingBytes, 1, (memory / 4) + (64L << 20));
            Assert.InRange(taken.RingBytes + taken.FlowBytes + taken.StreamBytes + taken.ReassemblyBytes, memory / 2, memory);
        }
    }

    [Theory]
    [InlineData("nothere", 2, "cluster_qm", "ENODEV")]
    [InlineData("enp7s0f1", 40, "cluster_qm", "EINVAL")]
    [InlineData("enp7s0f1", 2, "cluster_ebpf", "EINVAL")]
    [InlineData("enp7s0f1", 2, "cluster_rollover", "EINVAL")]
    public void What_cannot_be_is_refused(string name, int threads, string type, string errno)
    {
        Answer<SuricataWish> wish = SuricataPlacement.Decide(machine.Sensor, Request(8, threads, 10, name) with { ClusterType = type });
        Refusal? refusal = wish.Try(out SuricataWish? decided) ? SuricataConfigs.Make(decided).Refusal : wish.Refusal;

        Assert.Equal(errno, refusal!.Errno.ToString());
    }

    [Theory]
    [InlineData("a: b")]
    [InlineData("eth0\n  threads: 9")]
    [InlineData("default")]
    [InlineData("\"x")]
    public void A_name_that_could_be_something_else_is_refused(string name) =>
        Assert.Equal(Errno.EINVAL, SuricataConfigs.Make(new SuricataWish { Captures = [new SuricataCapture { InterfaceName = name, ClusterId = 1 }] }).Refusal!.Errno);

    private static SuricataRequest Request(int version, int threads, double gbps, params string[] names) => new()
    {
        Version = version,
        Gbps = gbps,
        Ports = [.. names.Select(name => new SuricataPort { InterfaceName = name, Threads = threads })],
    };

    private SuricataWish Decide(int version, int threads, params string[] names) => Decide(version, threads, 10, names);

    private SuricataWish Decide(int version, int threads, double gbps, params string[] names) => SuricataPlacement.Decide(machine.Sensor, Request(version, threads, gbps, names)).Value;
}
