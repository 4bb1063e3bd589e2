using ZeptAdmin.Drops;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Drops;

/// <summary>What is found on fanout groups that a test makes up.</summary>
public sealed class AfPacketFanoutTests
{
    [Theory]
    [InlineData(0, 4, "i40e", 1)]
    [InlineData(3, 4, "i40e", 0)]
    [InlineData(5, 4, "ice", 2)]
    [InlineData(0, 4, "veth", 0)]
    [InlineData(3, 2, "veth", 1)]
    public void A_queue_feeds_the_member_behind_its_number(int queue, int members, string driver, int member) =>
        Assert.Equal(member, AfPacketFanouts.MemberOf(queue, members, driver));

    [Fact]
    public void Workers_of_Zeek_pinned_next_to_their_queues_are_well()
    {
        // Queue 0 feeds member 1, so the pins are moved by one.
        AfPacketFanout told = Weigh(Zeek(4, pins: [3, 0, 1, 2]));

        Assert.Empty(told.Findings);
        Assert.Equal(AfPacketFanoutVerdict.Pass, told.Severity);
        Assert.Equal([1, 2, 3, 0], told.Links.Select(link => link.Member));
        Assert.All(told.Links, link => Assert.True(link.IsSameCpu));
    }

    [Fact]
    public void Pins_laid_out_as_guides_say_are_one_off()
    {
        AfPacketFanout told = Weigh(Zeek(4, pins: [0, 1, 2, 3]));

        Assert.Equal("J6.PinsOneOff", Assert.Single(told.Findings).Id);
        Assert.Equal(AfPacketFanoutVerdict.Warn, told.Severity);
    }

    [Fact]
    public void Two_engines_with_one_number_are_told_with_what_each_loses()
    {
        AfPacketFanoutGroup group = Group(4, [.. Suricata(process: 100, sockets: 3), .. Suricata(process: 200, sockets: 1)]);

        AfPacketFanoutFinding finding = Weigh(group).Findings.Single(finding => finding.Id == "J9.TwoPrograms");

        Assert.Equal(AfPacketFanoutVerdict.Fail, finding.Severity);
        Assert.Contains("process 100) has 3 of 4 members and loses 25", finding.Finding, StringComparison.Ordinal);
        Assert.Contains("process 200) has 1 of 4 members and loses 75", finding.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void By_queue_a_program_loses_what_its_members_have_no_queue_for()
    {
        // Two queues, four members: queue 0 feeds the second, queue 1 the third.
        string finding = Weigh(Group(2, [.. Suricata(process: 100, sockets: 1), .. Suricata(process: 200, sockets: 3)])).Findings.Single(finding => finding.Id == "J9.TwoPrograms").Finding;

        Assert.Matches(@"process 100\) has 1 of 4 members and loses 100", finding);
        Assert.Matches(@"process 200\) has 3 of 4 members and loses 0", finding);
    }

    [Fact]
    public void Two_programs_with_one_number_are_told()
    {
        AfPacketFanoutGroup zeek = Zeek(2, pins: [8, 9]);

        Assert.Contains(Weigh(zeek with { Sockets = [.. zeek.Sockets, Socket(77, 300, "tcpdump")] }).Findings, finding => finding.Id == "J9.TwoPrograms");
        Assert.DoesNotContain(Weigh(zeek).Findings, finding => finding.Id == "J9.TwoPrograms");
        Assert.DoesNotContain(Weigh(Group(3, Suricata(process: 100, sockets: 3))).Findings, finding => finding.Id == "J9.TwoPrograms");
    }

    [Theory]
    [InlineData(AfPacketFanoutMode.QueueMapping, 4, 2, "J6.SharedMembers")]
    [InlineData(AfPacketFanoutMode.QueueMapping, 2, 4, "J6.IdleMembers")]
    [InlineData(AfPacketFanoutMode.QueueMapping, 1, 4, "J6.OneMemberGetsAll")]
    [InlineData(AfPacketFanoutMode.Hash, 4, 2, null)]
    [InlineData(AfPacketFanoutMode.Hash, 1, 4, null)]
    [InlineData(AfPacketFanoutMode.LoadBalance, 4, 4, "J9.TornFlows")]
    [InlineData(AfPacketFanoutMode.Random, 4, 4, "J9.TornFlows")]
    [InlineData(AfPacketFanoutMode.Rollover, 4, 4, "J9.TornFlows")]
    [InlineData(AfPacketFanoutMode.Ebpf, 4, 4, "J7.NoProgram")]
    [InlineData(AfPacketFanoutMode.Cbpf, 4, 4, "J7.NoProgram")]
    public void Mode_members_and_queues_have_to_fit(AfPacketFanoutMode mode, int queues, int members, string? id)
    {
        AfPacketFanoutGroup zeek = Zeek(members, pins: [.. Enumerable.Range(8, members)]);
        AfPacketFanoutGroup group = zeek with { Queues = queues, Sockets = [.. zeek.Sockets.Select(socket => socket with { FanoutMode = mode })] };

        Assert.Equal(id is null ? [] : [id], Weigh(group).Findings.Select(finding => finding.Id));
    }

    [Fact]
    public void By_CPU_all_packets_of_one_interrupt_go_to_one_member()
    {
        AfPacketFanoutGroup zeek = Zeek(2, pins: [8, 9]);
        AfPacketFanoutGroup byCpu = zeek with { Queues = 1, IrqCpus = new Dictionary<int, int> { [0] = 3 }, Sockets = [.. zeek.Sockets.Select(socket => socket with { FanoutMode = AfPacketFanoutMode.Cpu })] };

        Assert.Equal("J6.OneMemberGetsAll", Assert.Single(Weigh(byCpu).Findings).Id);
        Assert.Empty(Weigh(byCpu with { Queues = 2, IrqCpus = new Dictionary<int, int> { [0] = 3, [1] = 4 } }).Findings);
    }

    [Fact]
    public void Pins_are_held_against_each_other_and_the_card()
    {
        // The list of the talk: shorter than the workers, so it is taken in turn.
        Assert.Contains(Weigh(Zeek(3, pins: [0, 1, 0])).Findings, finding => finding.Id == "J8.SharedPins" && finding.Finding.Contains(": 0.", StringComparison.Ordinal));

        AfPacketFanoutGroup loose = Zeek(2, pins: [8, 9]);
        Assert.Contains(
            Weigh(loose with { Sockets = [loose.Sockets[0], loose.Sockets[1] with { AllowedCpus = new CpuList("0-15") }] }).Findings,
            finding => finding.Id == "J8.Unpinned");
        Assert.Contains(
            Weigh(loose with { Node = 0, Nodes = new Dictionary<int, int?> { [8] = 0, [9] = 1 } }).Findings,
            finding => finding.Id == "J8.RemotePins" && finding.Finding.Contains("CPUs 9 ", StringComparison.Ordinal));

        // Threads of a process pin themselves; its main thread does not show that.
        Assert.DoesNotContain(Weigh(Group(4, Suricata(process: 100, sockets: 4))).Findings, finding => finding.Id == "J8.Unpinned");
    }

    private static AfPacketFanout Weigh(AfPacketFanoutGroup group) => AfPacketFanouts.Weigh(group);

    // As many queues as workers, queue q interrupts CPU q.
    private static AfPacketFanoutGroup Zeek(int workers, int[] pins) => Group(
        workers, [.. Enumerable.Range(0, workers).Select(i => Socket(10 + i, 1000 + i, "zeek") with { AllowedCpus = CpuList.Of([pins[i]]) })]);

    private static AfPacketSocket[] Suricata(int process, int sockets) =>
        [.. Enumerable.Range(0, sockets).Select(i => Socket(process + i, process, "Suricata-Main") with { AllowedCpus = new CpuList("0-15") })];

    private static AfPacketFanoutGroup Group(int queues, AfPacketSocket[] sockets) => new()
    {
        Sockets = sockets,
        Driver = "i40e",
        Queues = queues,
        IrqCpus = Enumerable.Range(0, queues).ToDictionary(queue => queue, queue => queue),
    };

    private static AfPacketSocket Socket(long inode, int process, string name) => new()
    {
        InterfaceName = "ens1f0",
        Inode = inode,
        FanoutId = 101,
        FanoutMode = AfPacketFanoutMode.QueueMapping,
        ProcessId = process,
        ProcessName = name,
    };
}
