using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Topology;

/// <summary>What lstopo printed for a machine: its console or XML form, as a tree.</summary>
internal sealed partial class HwlocExpectation
{
    private readonly HwlocObject _root;

    private HwlocExpectation(HwlocObject root) => _root = root;

    /// <summary>All objects, the root first.</summary>
    public IEnumerable<HwlocObject> All => _root.WithDescendants();

    /// <summary>Distances by the kernel's node numbers; empty when none were printed.</summary>
    public Dictionary<(int From, int To), int> Distances { get; } = [];

    public static HwlocExpectation Read(string path) => path.EndsWith(".xml", StringComparison.Ordinal) ? ParseXml(File.ReadAllText(path)) : ParseConsole(File.ReadAllText(path).Split('\n'));

    public IEnumerable<HwlocObject> OfType(params string[] types) => All.Where(thing => types.Contains(thing.Type));

    public static HwlocExpectation ParseConsole(string[] lines)
    {
        List<(int Indent, HwlocObject Thing)> open = [];
        HwlocObject? root = null;
        foreach (string line in lines)
        {
            Match match = ConsoleLine().Match(line);
            if (!match.Success)
            {
                break;
            }

            int indent = match.Groups["indent"].Length;
            string detail = match.Groups["detail"].Value;
            HwlocObject thing = new()
            {
                Type = match.Groups["type"].Value,
                Logical = match.Groups["logical"].Success ? int.Parse(match.Groups["logical"].Value, CultureInfo.InvariantCulture) : 0,
                Number = Group(PhysicalNumber(), detail) is string number ? int.Parse(number, CultureInfo.InvariantCulture) : null,
                SizeText = Group(Size(), detail),
                MemoryText = Group(LocalMemory(), detail),
                PciAddress = Group(BusId(), detail),
                Name = match.Groups["name"].Success ? match.Groups["name"].Value : null,
                IsNetwork = line.Contains("OSDev[Network", StringComparison.Ordinal),
            };
            while (open.Count > 0 && open[^1].Indent >= indent)
            {
                open.RemoveAt(open.Count - 1);
            }

            if (open.Count == 0)
            {
                root = thing;
            }
            else
            {
                open[^1].Thing.Add(thing);
            }

            open.Add((indent, thing));
        }

        HwlocExpectation expectation = new(root!);
        expectation.ReadConsoleDistances(lines);
        return expectation;
    }

    public static HwlocExpectation ParseXml(string text)
    {
        using StringReader reader = new(text);
        using XmlReader xml = XmlReader.Create(reader, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        XElement top = XDocument.Load(xml).Root!;
        HwlocExpectation expectation = new(Convert(top.Element("object")!));
        XElement? distances = top.Elements("distances2").FirstOrDefault(element => (string?)element.Attribute("type") == "NUMANode");
        if (distances is not null)
        {
            int[] nodes = Numbers(distances.Elements("indexes"));
            int[] values = Numbers(distances.Elements("u64values"));
            for (int i = 0; i < values.Length; i++)
            {
                expectation.Distances[(nodes[i / nodes.Length], nodes[i % nodes.Length])] = values[i];
            }
        }

        return expectation;

        static int[] Numbers(IEnumerable<XElement> elements) =>
            [.. elements.SelectMany(element => element.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
    }

    private static HwlocObject Convert(XElement element)
    {
        string type = (string?)element.Attribute("type") ?? "";
        string? cpus = (string?)element.Attribute("cpuset");
        HwlocObject thing = new()
        {
            // XML says L1Cache for what the console calls L1dCache; hwloc 2 and 3 alike.
            Type = type is "L1Cache" or "L2Cache" && (string?)element.Attribute("cache_type") == "1" ? type.Insert(2, "d") : type,
            Number = (int?)element.Attribute("os_index"),
            SizeBytes = (long?)element.Attribute("cache_size"),
            MemoryBytes = (long?)element.Attribute("local_memory"),
            PciAddress = (string?)element.Attribute("pci_busid"),
            Name = (string?)element.Attribute("name"),
            IsNetwork = type == "OSDev" && (string?)element.Attribute("osdev_type") is "2" or "16",
            StatedCpus = cpus is null ? null : CpuList.ParseMask(string.Join(',', cpus.Split(',').Select(word => word.Length == 0 ? "0" : word[2..]))),
        };
        foreach (XElement child in element.Elements("object"))
        {
            thing.Add(Convert(child));
        }

        return thing;
    }

    private void ReadConsoleDistances(string[] lines)
    {
        int start = Array.FindIndex(lines, line => line.Contains("latency matrix (name NUMALatency", StringComparison.Ordinal));
        if (start < 0)
        {
            return;
        }

        Dictionary<int, int> numbers = OfType("NUMANode").ToDictionary(node => node.Logical, node => node.Number!.Value);
        int[] columns = Row(lines[start + 1].Replace("index", "", StringComparison.Ordinal));
        for (int i = 0; i < columns.Length; i++)
        {
            int[] row = Row(lines[start + 2 + i]);
            for (int j = 0; j < columns.Length; j++)
            {
                Distances[(numbers[row[0]], numbers[columns[j]])] = row[j + 1];
            }
        }

        static int[] Row(string line) => [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
    }

    private static string? Group(Regex regex, string text) => regex.Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("""^(?<indent> *)(?<type>[A-Z][A-Za-z0-9]*?)(\[[^\]]*\])?(\([^)]*\))?( L#(?<logical>[0-9]+))?( \((?<detail>.*?)\))?( \(disallowed\))?( "(?<name>[^"]*)")?$""")]
    private static partial Regex ConsoleLine();

    [GeneratedRegex("(?:^| )P#([0-9]+)")]
    private static partial Regex PhysicalNumber();

    [GeneratedRegex("(?:^| )size=([0-9]+[KMG]iB)")]
    private static partial Regex Size();

    [GeneratedRegex("(?:^| )local=([0-9]+[KMGT]iB)")]
    private static partial Regex LocalMemory();

    [GeneratedRegex("busid=([0-9a-f:.]+)")]
    private static partial Regex BusId();
}

/// <summary>One object of lstopo's tree.</summary>
internal sealed class HwlocObject
{
    private readonly List<HwlocObject> _children = [];

    public string Type { get; init; } = "";

    public int Logical { get; init; }

    public int? Number { get; init; }

    public string? SizeText { get; init; }

    public long? SizeBytes { get; init; }

    public string? MemoryText { get; init; }

    public long? MemoryBytes { get; init; }

    public string? PciAddress { get; init; }

    public string? Name { get; init; }

    public bool IsNetwork { get; init; }

    public CpuList? StatedCpus { get; init; }

    public HwlocObject? Parent { get; private set; }

    /// <summary>Its CPUs: stated, else those of the PUs below it; memory and devices have those of what they hang on.</summary>
    public CpuList Cpus
    {
        get
        {
            if (StatedCpus is not null)
            {
                return StatedCpus;
            }

            return Type is "NUMANode" or "MemCache" or "PCI" or "PCIDev" or "PCIBridge" or "HostBridge" or "Bridge" or "OSDev"
                ? Parent!.Cpus
                : CpuList.Of(WithDescendants().Where(thing => thing.Type == "PU").Select(thing => thing.Number!.Value));
        }
    }

    public void Add(HwlocObject child)
    {
        child.Parent = this;
        _children.Add(child);
    }

    public IEnumerable<HwlocObject> WithDescendants() => _children.SelectMany(child => child.WithDescendants()).Prepend(this);
}
