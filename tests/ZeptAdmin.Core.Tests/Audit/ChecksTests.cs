using System.Text.RegularExpressions;
using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;

namespace ZeptAdmin.Tests.Audit;

public sealed partial class ChecksTests
{
    // Ids are contract: people filter by them in scripts and compliance suites. A line may be added, not changed.
    private const string Ids = """
        A1.NumaNodes A1.AllowedCpus A2.NicNode A3.QueueIrqs A6.CpuNumbering A8.NodeNics A9.PcieLink A10.NicCapacity A11.CpuSize A13.Firmware A14.Driver
        A15.EmbeddedSwitch A16.KernelFanout
        C1.MemoryChannels C2.DimmsPerChannel C3.MemorySpeed C4.EqualSizes C5.Ranks C1.PackageBalance C6.NodeMemory C7.HugePages
        I10.CapturePorts I10.PortState I10.SilentPort
        G1.Atr G3.FirmwareLldp G4.SourcePruning G5.FlowRulePairs G7.NtupleFilter G9.DropRules
        H1.HashFields H4.SymmetricHash H5.KeyEntropy H6.HashFunction H7.ReceiveHashing H8.TableSpread H10.RepeatedKeyXor H12.QueueBalance
        H14.KeySource H15.ShownKey
        I1.RxRing I4.Coalescing I5.RingForRate I8.Pause I9.Offloads I11.Channels I12.ModuleOptions N1.XdpMode
        F1.IrqSpread F3.IrqSiblings F4.IrqNode F6.IrqBalance F6.Tuned F6.Services F7.Rps F8.AffinityStays F9.CpuSteal F11.NetBudget
        B4.Smt B5.Iommu B6.Aspm B8.Ddio B9.Prefetchers B12.Mitigations E1.IdleStates E2.Governor E3.Turbo
        K3.BrokenFrames K5.CardDrops K9.Backlog K12.SocketDrops K1.NeverArrived
        D1.IsolatedCpus D2.RcuCallbacks D3.NohzFull D4.IommuArgument D5.ArgumentNames D6.AspmArgument D8.MemoryErrors D11.ThreadedIrqs
        J1.Cluster J2.Keys J3.LoadBalance J4.Options J5.Buffer J6.Queues J7.FanoutMode J8.PinCount J8.PinOnline J8.PinShared J8.PinNode J8.PinIrq
        J9.FanoutId J10.CaptureLoss J11.Statistics J12.Fanout J13.SystemCpus J14.ZeekConf
        L1.Header L1.Include L1.Redefined L1.Key L1.Value L1.UseMmap L1.TpacketVersion L1.RunMode L2.BlockSize L2.XdpFile L3.ClusterType
        L3.LoadBalancer L3.QueueCount L3.ClusterId L4.Affinity L4.ThreadLimit L4.Layout L4.CpuRange L4.CpuCount L4.Core L4.Node L4.Irq
        L4.Management L5.StreamMemory L6.Memory L6.NodeMemory L7.Bypass L9.Profile L12.Checksums
        P5.Daemons Q1.CloudHash Q2.MirrorSource
        D9.Housekeeping D10.StrayTasks
        """;

    // How many rows each section of field.md has.
    private static readonly (char Section, int Rows)[] Sections = [('A', 16), ('B', 12), ('C', 7), ('D', 12), ('E', 5), ('F', 11), ('G', 10), ('H', 15), ('I', 15), ('J', 15), ('K', 18), ('L', 15), ('M', 8), ('N', 7), ('P', 6), ('Q', 3)];

    [Fact]
    public void Ids_are_stable() => Assert.Equal(Ids.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), Checks.All.Select(check => check.Id));

    [Fact]
    public void Ids_are_unique() => Assert.Equal(Checks.All.Count, Checks.All.Select(check => check.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count());

    [Fact]
    public void Every_row_of_the_field_was_considered()
    {
        HashSet<string> considered = [.. Checks.All.Select(check => check.Id.Split('.')[0]), .. RowsNotChecked.All.Select(row => row.Row)];

        Assert.Empty(from section in Sections
                     from row in Enumerable.Range(1, section.Rows)
                     let name = $"{section.Section}{row}"
                     where !considered.Contains(name)
                     select name);
    }

    [Fact]
    public void A_row_is_checked_or_not_checked() =>
        Assert.Empty(RowsNotChecked.All.Select(row => row.Row).Intersect(Checks.All.Select(check => check.Id.Split('.')[0])));

    [Fact]
    public void A_reason_that_names_a_check_names_one_that_exists()
    {
        string[] named = [.. RowsNotChecked.All.SelectMany(row => CheckId().Matches(row.Reason)).Select(match => match.Value)];

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(Checks.All.Select(check => check.Id)));
    }

    [Fact]
    public void Every_check_says_why_and_from_where() => Assert.All(Checks.All, check =>
    {
        Assert.InRange(check.Why.Length, 40, 420);
        Assert.EndsWith(".", check.Why, StringComparison.Ordinal);
        Assert.Contains(check.Id.Split('.')[0], check.Reference, StringComparison.Ordinal);

        // The table gives the id 19 columns.
        Assert.InRange(check.Id.Length, 4, 19);
    });

    [Fact]
    public void A_failed_reading_costs_its_own_checks_only_and_is_made_once()
    {
        int readings = 0;
        AuditSubject subject = Weighing.Blank();
        for (int i = 0; i < 2; i++)
        {
            _ = Assert.Throws<KernelFormatException>(() => subject.Read<string>(_ =>
            {
                readings++;
                throw new KernelFormatException("/proc/wild", "it is nonsense");
            }));
        }

        Assert.Equal(1, readings);
    }

    [Fact]
    public void A_port_with_nonsense_costs_no_other_port()
    {
        AuditSubject subject = new(new SmallMachine { Answers = new WildRings("ens1f0") }, ["ens1f0", "ens1f1"]);

        CheckResult[] results = [.. Checks.All.Single(check => check.Id == "A14.Driver").Run(subject)];

        Assert.Equal(["ens1f0", "ens1f1"], results.Select(result => result.InterfaceName));
        Assert.All(results, result => Assert.Equal(CheckSeverity.Unknown, result.Severity));
    }

    [Fact]
    public void It_can_be_stopped_between_two_checks()
    {
        using CancellationTokenSource source = new();
        List<string> started = [];

        IEnumerable<CheckResult> results = NsmAudit.Run(Weighing.Blank(), Checks.All, (check, _) =>
        {
            started.Add(check.Id);
            source.Cancel();
        }, source.Token);

        _ = Assert.Throws<OperationCanceledException>(() => results.Count());
        _ = Assert.Single(started);
    }

    [GeneratedRegex(@"\b[A-Z][0-9]+\.[A-Z][A-Za-z]+\b")]
    private static partial Regex CheckId();

    // A driver that answers one port with an error that nobody expects of it.
    private sealed class WildRings(string wild) : IEthtoolChannel
    {
        public Errno Send(string interfaceName, Span<byte> buffer) => interfaceName == wild ? Errno.EFAULT : Errno.ENODATA;
    }
}
