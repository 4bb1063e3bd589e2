using System.Globalization;
using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Reports;

/// <summary>The boxes of a machine's picture, from the CPU outwards.</summary>
internal sealed class TopologyBlocks
{
    private const double Gap = 8;
    private const double Padding = 8;
    private const double LeastCell = 48;
    private const double MostCell = 66;
    private const double MemoryBar = 150;
    private const int MostDistances = 8;
    private const int MostPorts = 8;
    private const int MostColumns = 16;

    private readonly NsmTopology _topology;
    private readonly TopologyMarks _marks;
    private readonly double _mostWidth;
    private readonly double _cellHeight;
    private readonly double _cellWidth;
    private readonly long _mostMemory;
    private readonly HashSet<int> _drawnNodes = [];

    /// <summary>Boxes of a machine, none wider than what is in it needs.</summary>
    public TopologyBlocks(NsmTopology topology, TopologyMarks marks, double mostWidth)
    {
        _topology = topology;
        _marks = marks;
        _mostWidth = mostWidth;
        _cellHeight = marks.IsEmpty ? 20 : 30;
        _cellWidth = Math.Clamp(topology.Threads.Select(thread => SvgBox.TextWidth(marks.Tag(thread.Cpu), 10)).DefaultIfEmpty(0).Max() + 2, LeastCell, MostCell);
        _mostMemory = topology.Nodes.Max(node => node.MemoryTotalBytes) ?? 0;
    }

    /// <summary>All packages; CPUs of which no package is known stand in a box of their own.</summary>
    public SvgBox Packages() =>
        SvgBox.Flow([.. _topology.Threads.GroupBy(thread => thread.Package).OrderBy(group => group.Key ?? int.MaxValue).Select(group => Package(group.Key, [.. group]))], _mostWidth, 14);

    /// <summary>Nodes that have memory and no CPU: persistent memory, CXL, a GPU's.</summary>
    public SvgBox MemoryOnlyNodes() =>
        SvgBox.Flow([.. _topology.Nodes.Where(node => !_drawnNodes.Contains(node.Node)).Select(MemoryOnly)], _mostWidth, Gap);

    /// <summary>Cards that were put into no node: the firmware does not tell theirs.</summary>
    public SvgBox HomelessCards()
    {
        SvgBox[] cards = Cards(port => port.Place.Node is not int node || !_drawnNodes.Contains(node));
        string title = _marks.Ports.Any(port => port.Place.Node is int node && !_drawnNodes.Contains(node))
            ? "Network cards outside of the nodes that the machine tells"
            : "Network cards of which the machine does not tell the node";
        return cards.Length == 0 ? SvgBox.Empty : SvgBox.Frame("package", title, null, "h2 ink", SvgBox.Flow(cards, _mostWidth - (2 * Padding), Gap), Padding);
    }

    private SvgBox Package(int? number, CpuThread[] threads)
    {
        IGrouping<int?, CpuThread>[] parts = [.. threads.GroupBy(thread => thread.Node).OrderBy(group => group.Key ?? int.MaxValue)];
        double room = _mostWidth - (2 * Padding);
        SvgBox[] nodes = [.. parts.Select(part => Node(part.Key, [.. part], parts.Length > 1 ? (room - Gap) / 2 : room))];
        CpuPackage? package = Array.Find(_topology.Packages, known => known.Package == number);
        string cores = Words.Count(threads.Select(thread => thread.Core).Distinct().Count(), "core");
        string frequency = package?.MaximumFrequencyKilohertz is long kilohertz ? $", up to {Words.Number(kilohertz / 1e6)} GHz" : "";
        string title = number is int known ? string.Create(CultureInfo.InvariantCulture, $"Package {known}") : "CPUs of which the machine does not tell the package";
        return SvgBox.Frame("package", title, $"{cores}, {Words.Count(threads.Length, "CPU")}{frequency}", "h2 ink", SvgBox.Flow(nodes, room, Gap), Padding);
    }

    private SvgBox Node(int? number, CpuThread[] threads, double room)
    {
        CpuList cpus = CpuList.Of(threads.Select(thread => thread.Cpu));
        double inside = room - (2 * Padding);
        IGrouping<int?, CpuThread>[] groups = [.. threads.GroupBy(thread => thread.L3)];
        SvgBox caches = SvgBox.Flow([.. groups.Select(group => Cache(group.Key, [.. group], cpus))], inside, Gap);
        NumaNode? node = Array.Find(_topology.Nodes, known => known.Node == number);

        // A node that reaches over several packages has its memory and its cards drawn once.
        bool isFirst = node is not null && _drawnNodes.Add(node.Node);
        SvgBox cards = isFirst ? SvgBox.Flow(Cards(port => port.Place.Node == number), Math.Max(caches.Width, 300), Gap) : SvgBox.Empty;
        SvgBox content = SvgBox.Stack([caches, isFirst ? Memory(node!) : SvgBox.Empty, cards], Gap);
        string title = number is int known ? string.Create(CultureInfo.InvariantCulture, $"Node {known}") : "Node not told";
        string also = node is { Packages.Length: > 1 } ? ", in several packages" : "";
        string distances = node is not { Distances.Length: > 1 } ? ""
            : node.Distances.Length <= MostDistances ? $", distances {string.Join(' ', node.Distances)}"
            : string.Create(CultureInfo.InvariantCulture, $", distances {node.Distances.Min()} to {node.Distances.Max()}");
        return SvgBox.Frame("node", title + also, SvgBox.Fit($"CPUs {cpus}{distances}", Math.Max(content.Width, 300)), "h2 ink", content, Padding, $"{title}: CPUs {cpus}{distances}");
    }

    private SvgBox Cache(int? number, CpuThread[] threads, CpuList cpusOfNode)
    {
        IGrouping<int?, CpuThread>[] cores = [.. threads.GroupBy(thread => thread.Core)];
        double height = cores.Length == 0 ? 0 : Core(cores[0].Key, [.. cores[0]]).Height;
        SvgBox grid = SvgBox.Grid([.. cores.Select(core => Core(core.Key, [.. core]))], Columns(cores.Length, height), 4);
        CpuCache? cache = Array.Find(_topology.Caches, known => known.Cache == number);
        if (cache is null)
        {
            return grid;
        }

        int[] others = [.. _topology.Threads.Where(thread => thread.L3 == number && !cpusOfNode.Contains(thread.Cpu)).Select(thread => thread.Node).OfType<int>().Distinct().Order()];
        string shared = others.Length > 0 ? $", shared with node {string.Join(", ", others)}" : "";
        string size = cache.SizeBytes is long bytes ? $" {Words.Size(bytes)}" : "";
        return SvgBox.Frame("cache", $"L3{size}{shared}", null, "h3 ink", grid, 6, $"L3{size}, CPUs {cache.Cpus}");
    }

    private SvgBox Core(int? number, CpuThread[] threads)
    {
        SvgBox cells = SvgBox.Grid([.. threads.Select(Cell)], threads.Length > 4 ? 2 : 1, 1);
        string tip = number is int known ? string.Create(CultureInfo.InvariantCulture, $"core {known}: CPUs {CpuList.Of(threads.Select(thread => thread.Cpu))}") : "core not told";

        // CPUs of which no core is told stand side by side, not as one core.
        return number is null
            ? SvgBox.Grid([.. threads.Select(Cell)], Columns(threads.Length, _cellHeight), 2)
            : new SvgBox(cells.Width + 4, cells.Height + 4, (svg, x, y) =>
            {
                _ = svg.Rectangle(x, y, cells.Width + 4, cells.Height + 4, "core", 3, tip);
                cells.Draw(svg, x + 2, y + 2);
            });
    }

    private SvgBox Cell(CpuThread thread)
    {
        string tag = SvgBox.Fit(_marks.Tag(thread.Cpu), _cellWidth, 10);
        string role = _marks.Role(thread);
        bool isRinged = thread.IsIsolated || thread.IsNohzFull;
        string number = thread.Cpu.ToString(CultureInfo.InvariantCulture);
        string tip = $"CPU {number}{_marks.Words(thread.Cpu)}{(isRinged ? ", isolated" : "")}{(thread.IsAllowed ? "" : ", not allowed")}";
        return new SvgBox(_cellWidth, _cellHeight, (svg, x, y) =>
        {
            _ = svg.Rectangle(x + 0.5, y + 0.5, _cellWidth - 1, _cellHeight - 1, role, 2, tip);
            if (isRinged)
            {
                _ = svg.Rectangle(x + 1.5, y + 1.5, _cellWidth - 3, _cellHeight - 3, "ring", 2);
            }

            double middle = x + (_cellWidth / 2);
            _ = svg.Text(middle, y + (tag.Length == 0 ? (_cellHeight / 2) + 4 : 13), number, role == "bare" ? "no soft" : "no ink", "middle");
            if (tag.Length > 0)
            {
                _ = svg.Text(middle, y + 25, tag, "tag ink", "middle");
            }
        });
    }

    private SvgBox Memory(NumaNode node)
    {
        if (node.MemoryTotalBytes is not long bytes)
        {
            return SvgBox.Empty;
        }

        string text = bytes == 0 ? "no memory" : $"{Words.Size(bytes)} of memory";
        double length = _mostMemory == 0 ? 0 : MemoryBar * bytes / _mostMemory;
        return new SvgBox(MemoryBar + 8 + SvgBox.TextWidth(text), 14, (svg, x, y) =>
        {
            if (length > 0)
            {
                _ = svg.Rectangle(x + 0.5, y + 1.5, Math.Max(2, length), 11, "memory", 2, text);
            }

            _ = svg.Text(x + (length > 0 ? Math.Max(2, length) + 8 : 0), y + 11, text, "ink");
        });
    }

    private SvgBox MemoryOnly(NumaNode node)
    {
        bool isDrawn = _drawnNodes.Add(node.Node);
        SvgBox[] cards = isDrawn ? Cards(port => port.Place.Node == node.Node) : [];
        string what = node.DevicePciAddress is string gpu ? $"memory of the GPU {gpu}" : node.IsMemoryOnly ? "memory without CPUs" : "no CPU online";
        return SvgBox.Frame(
            "node", string.Create(CultureInfo.InvariantCulture, $"Node {node.Node}"), what, "h2 ink", SvgBox.Stack([Memory(node), SvgBox.Flow(cards, 400, Gap)], Gap), Padding);
    }

    private SvgBox[] Cards(Func<TopologyPort, bool> isHere) =>
    [
        .. _marks.Ports.Where(isHere)
            .GroupBy(port => port.Place.PciAddress is string address ? address[..Math.Max(0, address.LastIndexOf('.'))] : port.Place.InterfaceName, StringComparer.Ordinal)
            .Select(card => Card([.. card])),
    ];

    private static SvgBox Card(TopologyPort[] ports)
    {
        string[] lines = [.. ports.Take(MostPorts).Select(port => port.Line())];
        if (ports.Length > MostPorts)
        {
            lines = [.. lines, string.Create(CultureInfo.InvariantCulture, $"and {ports.Length - MostPorts} more")];
        }

        string title = ports[0].Place.PciAddress is string address ? $"Card {address[..Math.Max(0, address.LastIndexOf('.'))]}" : "Card not on PCI";
        SvgBox content = new(lines.Max(line => SvgBox.TextWidth(line)), lines.Length * 15, (svg, x, y) =>
        {
            for (int i = 0; i < lines.Length; i++)
            {
                _ = svg.Text(x, y + 11 + (i * 15), lines[i], "ink");
            }
        });
        return SvgBox.Frame("nic", title, null, "h3 ink", content, 6);
    }

    // About twice as wide as high, and no row shorter than the others where a number near that divides the cores.
    private int Columns(int cells, double height)
    {
        int wished = (int)Math.Ceiling(Math.Sqrt(cells * 2 * Math.Max(height, 1) / _cellWidth));
        int[] near = [wished, wished + 1, wished - 1, wished + 2, wished - 2, wished + 3];
        int dividing = Array.Find(near, columns => columns is > 1 and <= MostColumns && cells % columns == 0);
        return Math.Clamp(dividing > 0 ? dividing : wished, 1, Math.Clamp(cells, 1, MostColumns));
    }
}
