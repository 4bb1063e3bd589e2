using ZeptAdmin.Audit;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Reports;

/// <summary>Draws a machine: packages, nodes, L3 caches, cores and CPUs, the cards and the memory beside them.</summary>
/// <remarks>To scale: a CPU is of one size everywhere, so a box is as big as what is in it; memory is a bar as long as it is big.</remarks>
internal static class TopologyPicture
{
    private const double MostWidth = 1200;
    private const double LeastWidth = 520;
    private const double Margin = 20;

    /// <summary>The drawing.</summary>
    /// <param name="topology">The machine.</param>
    /// <param name="marks">What is marked on its CPUs.</param>
    /// <param name="isAlone">True for a file of its own, with its style; false for a page, which has the style once.</param>
    /// <param name="id">Tells the drawings of one page apart.</param>
    public static string Draw(NsmTopology topology, TopologyMarks marks, bool isAlone, string id = "topology")
    {
        TopologyBlocks blocks = new(topology, marks, MostWidth);
        SvgBox machine = SvgBox.Stack([blocks.Packages(), blocks.MemoryOnlyNodes(), blocks.HomelessCards()], 16);
        SvgBox body = SvgBox.Stack([machine, Legend(topology, marks, Math.Max(machine.Width, LeastWidth))], 16);
        double width = Math.Max(body.Width, LeastWidth) + (2 * Margin);
        string[] lines = [.. Lines(topology).SelectMany(line => Wrap(line, width - (2 * Margin)))];
        double top = Margin + 24 + (lines.Length * 16) + 10;
        double height = top + body.Height + Margin;
        SvgWriter svg = new();
        _ = svg.Open(
            "svg",
            ("xmlns", "http://www.w3.org/2000/svg"), ("class", SvgPalette.Root), ("viewBox", $"0 0 {MarkupWriter.Number(width)} {MarkupWriter.Number(height)}"),
            ("width", width), ("height", height), ("role", "img"), ("aria-labelledby", $"{id}-title {id}-desc"));
        _ = svg.Leaf("title", $"Topology of {topology.Sensor}", ("id", $"{id}-title")).Leaf("desc", string.Join(". ", lines), ("id", $"{id}-desc"));
        if (isAlone)
        {
            _ = svg.Own($"<style>{SvgPalette.Sheet}</style>\n");
        }

        _ = svg.Rectangle(0, 0, width, height, "paper").Text(Margin, Margin + 18, SvgBox.Fit(topology.Sensor, width - (2 * Margin), 20), "h1 ink");
        for (int i = 0; i < lines.Length; i++)
        {
            _ = svg.Text(Margin, Margin + 40 + (i * 16), lines[i], "soft");
        }

        body.Draw(svg, Margin, top);
        return svg.Close().ToString();
    }

    private static IEnumerable<string> Lines(NsmTopology topology)
    {
        string model = topology.CpuModel ?? topology.CpuVendor ?? "Processor not told";
        yield return model + (topology.IsVirtualMachine == true ? ", virtual machine" : "");
        string nodes = topology.HasNumaNodes ? Words.Count(topology.Nodes.Length, "node") : "no NUMA nodes told";
        string partitioning = topology.Partitioning is NumaPartitioning.Unknown or NumaPartitioning.None ? "" : $" ({Spaced(topology.Partitioning)})";
        string memory = topology.MemoryTotalBytes is long bytes ? $", {Words.Size(bytes)} of memory" : "";
        yield return $"{Words.Count(topology.Packages.Length, "package")}, {nodes}{partitioning}, {Words.Count(topology.Cores.Length, "core")}, {Words.Count(topology.OnlineCpus.Count, "CPU")}{memory}";
        if (topology.OfflineCpus is { IsEmpty: false } offline)
        {
            yield return $"Offline, and not drawn: CPUs {offline}";
        }

        foreach (string note in topology.Notes)
        {
            yield return note;
        }
    }

    // SubNumaClustering as words.
    private static string Spaced(NumaPartitioning partitioning) => partitioning switch
    {
        NumaPartitioning.SubNumaClustering => "sub-NUMA clustering",
        NumaPartitioning.ClusterOnDie => "cluster on die",
        NumaPartitioning.NodesPerSocket => "nodes per socket",
        NumaPartitioning.L3AsNode => "each L3 a node",
        NumaPartitioning.NodeInterleaving => "node interleaving",
        _ => "several nodes in a package",
    };

    private static IEnumerable<string> Wrap(string text, double width)
    {
        int most = (int)(width / SvgBox.TextWidth("x"));
        while (text.Length > most)
        {
            int cut = text.LastIndexOfAny([' ', ','], most - 1);
            cut = cut <= 0 ? most : cut + 1;
            yield return text[..cut].TrimEnd();
            text = text[cut..].TrimStart();
        }

        yield return text;
    }

    private static SvgBox Legend(NsmTopology topology, TopologyMarks marks, double mostWidth)
    {
        HashSet<string> roles = [.. topology.Threads.Select(marks.Role)];
        List<(string Role, bool IsRing, string Text)> rows = [("core", false, "core with its CPUs (threads)")];
        void Add(string role, string text)
        {
            if (roles.Contains(role))
            {
                rows.Add((role, false, text));
            }
        }

        Add("cpu", marks.IsEmpty ? "CPU" : "CPU without a mark");
        Add("irq", "interrupt of a queue (a0: port a, queue 0)");
        Add("worker", "worker (W; Wa0: worker 0 of port a)");
        Add("both", "interrupt and worker on one CPU");
        Add("house", "housekeeping (H)");
        Add("sibling", "kept empty: shares a core (S)");
        Add("bare", "this process may not run there");
        if (topology.Threads.Any(thread => thread.IsIsolated || thread.IsNohzFull))
        {
            rows.Add(("cpu", true, "isolated (isolcpus, nohz_full)"));
        }

        if (topology.Nics.Length > 0)
        {
            rows.Add(("nic", false, "network card and its ports"));
        }

        if (topology.Nodes.Any(node => node.MemoryTotalBytes is not null))
        {
            rows.Add(("memory", false, "memory, to scale among nodes"));
        }

        double widest = rows.Max(row => SvgBox.TextWidth(row.Text)) + 26;
        return SvgBox.Flow(
            [
                .. rows.Select(row => new SvgBox(widest, 16, (svg, x, y) =>
                {
                    _ = svg.Rectangle(x, y + 1, 18, 14, row.Role, 2);
                    if (row.IsRing)
                    {
                        _ = svg.Rectangle(x + 1, y + 2, 16, 12, "ring", 2);
                    }

                    _ = svg.Text(x + 24, y + 12, row.Text, "soft");
                })),
            ],
            mostWidth,
            8);
    }
}
