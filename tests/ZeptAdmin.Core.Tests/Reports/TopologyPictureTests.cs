using System.Globalization;
using System.Xml.Linq;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;
using ZeptAdmin.Reports;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Topology;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Tests.Reports;

/// <summary>The picture of a machine: of every captured one, all of it and each thing once.</summary>
public sealed class TopologyPictureTests
{
    public static TheoryData<string> HwlocMachines => CapturedMachines.Names("machines-hwloc", ".tar.bz2");

    public static TheoryData<string> LscpuMachines => CapturedMachines.Names("machines-lscpu", ".tar.gz");

    [Theory]
    [MemberData(nameof(HwlocMachines))]
    public void Every_machine_of_hwloc_is_drawn_whole(string machine) => Check($"machines-hwloc/{machine}.tar.bz2", machine);

    [Theory]
    [MemberData(nameof(LscpuMachines))]
    public void Every_machine_of_lscpu_is_drawn_whole(string machine) => Check($"machines-lscpu/{machine}.tar.gz", machine);

    [Fact]
    public void A_machine_of_256_cpus_in_8_nodes_is_drawn_whole_and_for_a_screen()
    {
        using TemporaryFolder folder = new();
        BigMachine.Write(folder.Path);
        using Sensor sensor = Sensor.Open(folder.Path);
        NsmTopology topology = NsmTopologies.Get(sensor);

        XElement svg = Draw(topology, CpuList.Parse("0-7"));

        AssertWhole(topology, svg);
        Assert.InRange(Length(svg, "width"), 600, 1300);
        Assert.Equal(BigMachine.Nodes, Texts(svg).Count(text => text.StartsWith("Node ", StringComparison.Ordinal)));
        Assert.Equal(BigMachine.L3s, Texts(svg).Count(text => text == "L3 32 MiB"));
        Assert.Equal(8, svg.Descendants().Count(element => (string?)element.Attribute("class") == "worker" && Length(element, "width") > 20));
    }

    [Fact]
    public void A_machine_that_tells_nothing_is_drawn_too() => AssertWhole(new NsmTopology(), Draw(new NsmTopology { Sensor = "mute" }, CpuList.Empty));

    [Fact]
    public void Interrupts_workers_isolation_and_limits_are_marked_where_they_are()
    {
        NsmTopology topology = new()
        {
            Sensor = "made up",
            OnlineCpus = CpuList.Parse("0-4"),
            Threads = [.. Enumerable.Range(0, 5).Select(cpu => new CpuThread { Cpu = cpu, Core = cpu, Package = 0, Node = 0, IsAllowed = cpu != 4, IsIsolated = cpu == 3 })],
            Nodes = [new NumaNode { Node = 0, Cpus = CpuList.Parse("0-4"), MemoryTotalBytes = 1L << 34 }],
            Nics = [new NicLocality { InterfaceName = "ens1f0", PciAddress = "0000:17:00.0", Node = 0 }, new NicLocality { InterfaceName = "eno1" }],
        };
        IrqAffinity[] irqs =
        [
            Irq("ens1f0", 0, "1"), Irq("ens1f0", 1, "2"), Irq("ens1f0", 2, "2"), Irq("ens1f0", 3, "0-4"),
            new IrqAffinity { InterfaceName = "ens1f0", Direction = IrqDirection.Tx, Queue = 9, EffectiveCpus = CpuList.Parse("0") },
        ];
        Nic[] nics = [new Nic { InterfaceName = "ens1f0", Driver = "i40e", SpeedMbps = 10000 }];

        XElement svg = XElement.Parse(TopologyPicture.Draw(topology, TopologyMarks.Of(topology, nics, irqs, CpuList.Parse("2-3")), isAlone: true));

        Assert.Equal(["cpu", "irq", "both", "worker", "bare"], Cells(svg).Select(cell => (string)cell.Attribute("class")!));
        string[] texts = [.. Texts(svg)];
        Assert.Contains("b0", texts);
        Assert.Contains("b1 +1 W", texts);
        Assert.Contains("W", texts);
        Assert.Contains("b: ens1f0, i40e, 10 Gbit/s, 4 queues, 1 on no certain CPU", texts);
        Assert.Contains("a: eno1", texts);
        Assert.Contains("Network cards of which the machine does not tell the node", texts);
        Assert.Contains("16 GiB of memory", texts);
        Assert.Equal(2, svg.Descendants().Count(element => (string?)element.Attribute("class") == "ring"));
    }

    [Fact]
    public void A_plan_is_drawn_as_it_has_the_cpus()
    {
        NsmTopology topology = new()
        {
            OnlineCpus = CpuList.Parse("0-5"),
            Threads = [.. Enumerable.Range(0, 6).Select(cpu => new CpuThread { Cpu = cpu, Core = cpu, IsAllowed = true })],
            Nics = [new NicLocality { InterfaceName = "ens1f0", PciAddress = "0000:17:00.0" }],
        };
        NsmPlan plan = new()
        {
            Cpus = [Role(CpuRole.Housekeeping, "0"), Role(CpuRole.Irq, "1"), Role(CpuRole.Worker, "2"), Role(CpuRole.IrqAndWorker, "3"), Role(CpuRole.Sibling, "4"), Role(CpuRole.Free, "5")],
            Ports = [new PlanPort { InterfaceName = "ens1f0", IrqCpus = [1, 3, 1], WorkerCpus = [3, 2] }],
        };

        XElement svg = XElement.Parse(TopologyPicture.Draw(topology, TopologyMarks.OfPlan(topology, [], plan), isAlone: true));

        Assert.Equal(["house", "irq", "worker", "both", "sibling", "cpu"], Cells(svg).OrderBy(Cpu).Select(cell => (string)cell.Attribute("class")!));
        string[] texts = [.. Texts(svg)];
        Assert.All(["H", "a0 +1", "Wa1", "a1 Wa0", "S", "a: ens1f0, 3 queues"], text => Assert.Contains(text, texts));
    }

    [Fact]
    public void Names_stay_text_whatever_is_in_them()
    {
        NsmTopology topology = new() { Sensor = "a<script>&\"\u0001\u202e\ud800", CpuModel = "</svg>" };

        XElement svg = Draw(topology, CpuList.Empty);

        Assert.Contains("a<script>&\"\ufffd\ufffd\ufffd", Texts(svg));
        Assert.Contains("</svg>", Texts(svg));
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName == "script");
    }

    private static IrqAffinity Irq(string name, int queue, string cpus) =>
        new() { InterfaceName = name, Queue = queue, Direction = IrqDirection.Combined, EffectiveCpus = CpuList.Parse(cpus) };

    private static PlanCpus Role(CpuRole role, string cpus) => new() { Role = role, Cpus = CpuList.Parse(cpus) };

    private static void Check(string archive, string machine)
    {
        Assert.SkipWhen(machine == CapturedMachines.Absent, "the captured machines are not here");
        Sensor sensor = CapturedMachines.Open(archive).AsSensor();
        NsmTopology topology = NsmTopologies.Get(sensor);

        AssertWhole(topology, XElement.Parse(TopologyPictures.Draw(sensor, null, CpuList.Empty)));
    }

    private static XElement Draw(NsmTopology topology, CpuList workers) =>
        XElement.Parse(TopologyPicture.Draw(topology, TopologyMarks.Of(topology, [], [], workers), isAlone: true));

    private static void AssertWhole(NsmTopology topology, XElement svg)
    {
        (double Left, double Top, double Right, double Bottom)[] cells = [.. Cells(svg).Select(Place)];
        Assert.Equal(topology.OnlineCpus.ToArray(), Cells(svg).Select(Cpu).Order());
        for (int i = 0; i < cells.Length; i++)
        {
            Assert.True(cells[i].Right <= Length(svg, "width") && cells[i].Bottom <= Length(svg, "height"), "a CPU is outside of the picture");
            Assert.DoesNotContain(cells[..i], other => other.Left < cells[i].Right && cells[i].Left < other.Right && other.Top < cells[i].Bottom && cells[i].Top < other.Bottom);
        }

        string[] texts = [.. Texts(svg)];
        Assert.All(topology.Nodes, node => Assert.Contains(texts, text => text.Split(',')[0] == string.Create(CultureInfo.InvariantCulture, $"Node {node.Node}")));
        Assert.All(topology.Nics.Take(4), nic => Assert.Single(texts, text => text.Contains($": {nic.InterfaceName}", StringComparison.Ordinal)));
    }

    private static IEnumerable<XElement> Cells(XElement svg) =>
        svg.Descendants().Where(element => element.Name.LocalName == "rect" && element.Elements().Any(child => child.Value.StartsWith("CPU ", StringComparison.Ordinal)));

    private static int Cpu(XElement cell) => int.Parse(cell.Value.Trim().Split(' ', ',')[1], CultureInfo.InvariantCulture);

    private static (double Left, double Top, double Right, double Bottom) Place(XElement cell) =>
        (Length(cell, "x"), Length(cell, "y"), Length(cell, "x") + Length(cell, "width"), Length(cell, "y") + Length(cell, "height"));

    private static double Length(XElement element, string name) => double.Parse((string)element.Attribute(name)!, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Texts(XElement svg) => svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value);
}
