using System.Globalization;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Reports;

/// <summary>Draws how receive-side scaling spreads packets: a bar for each queue and each worker, and the heat of the table's entries.</summary>
/// <remarks>Bars of all settings are to one scale, so that settings can be compared; the mean of the queues is a dashed line through them.</remarks>
public static class FlowChart
{
    private const double Margin = 20;
    private const double Label = 250;
    private const double Bar = 360;
    private const double Figures = 230;
    private const double Row = 18;
    private const double Width = Label + Bar + Figures;
    private const int MostBars = 128;

    /// <summary>Draws balances into a file, one below the other.</summary>
    /// <param name="balances">Results of a measurement.</param>
    /// <param name="path">Where to write.</param>
    /// <param name="replace">True to replace a file that is there.</param>
    /// <exception cref="Linux.KernelException">EEXIST when there is a file and it is not to be replaced; else why it cannot be written.</exception>
    public static void Save(IReadOnlyList<RssBalance> balances, string path, bool replace) =>
        ReportFiles.Write(path, "write the picture", replace, () => Draw(balances));

    /// <summary>The SVG of balances.</summary>
    public static string Draw(IReadOnlyList<RssBalance> balances)
    {
        double most = balances.SelectMany(balance => balance.ByQueue.Select(queue => queue.Share).Concat(balance.ByWorker.Select(worker => worker.Share))).DefaultIfEmpty().Max();
        SvgBox body = SvgBox.Stack(balances.Select(balance => Panel(balance, most)), 20);
        string title = "Balance of queues";
        string[] files = [.. balances.SelectMany(balance => balance.Path).Distinct()];
        string subtitle = files.Length == 0 ? "" : files.Length == 1 ? files[0] : string.Create(CultureInfo.InvariantCulture, $"{files[0]} and {files.Length - 1} more");
        double width = Math.Max(body.Width, Width) + (2 * Margin);
        double top = Margin + 54;
        double height = top + body.Height + Margin;
        SvgWriter svg = new();
        _ = svg.Open(
            "svg",
            ("xmlns", "http://www.w3.org/2000/svg"), ("class", SvgPalette.Root), ("viewBox", $"0 0 {MarkupWriter.Number(width)} {MarkupWriter.Number(height)}"),
            ("width", width), ("height", height), ("role", "img"), ("aria-labelledby", "balance-title balance-desc"));
        _ = svg.Leaf("title", title, ("id", "balance-title")).Leaf("desc", string.Join(". ", balances.Select(Heading)), ("id", "balance-desc"));
        _ = svg.Own($"<style>{SvgPalette.Sheet}</style>\n");
        _ = svg.Rectangle(0, 0, width, height, "paper").Text(Margin, Margin + 18, title, "h1 ink");
        _ = svg.Text(Margin, Margin + 38, SvgBox.Fit(subtitle, width - (2 * Margin)), "soft");
        body.Draw(svg, Margin, top);
        return svg.Close().ToString();
    }

    private static string Heading(RssBalance balance) =>
        string.Create(CultureInfo.InvariantCulture, $"{balance.Setting.Trim()}, {balance.Queues} queues, table of {balance.TableSize}");

    private static SvgBox Panel(RssBalance balance, double most)
    {
        List<SvgBox> boxes = [Line(Facts(balance), "soft"), Bars(QueueBars(balance), most, balance.Queues, "nic")];
        foreach (IGrouping<int?, RssWorkerLoad> group in balance.ByWorker.GroupBy(worker => worker.FanoutId))
        {
            boxes.Add(Line(group.Key is int id ? string.Create(CultureInfo.InvariantCulture, $"Workers of fanout group {id}") : "Sockets in no fanout group", "h3 ink"));
            boxes.Add(Bars([.. group.Select(WorkerBar)], most, group.Key is null ? 1 : group.Count(), "worker"));
        }

        if (balance.EntryPackets.Length > 0)
        {
            boxes.Add(Line("Entries of the indirection table: the number is the queue, the shade the packets", "h3 ink"));
            boxes.Add(EntryHeat.Box(balance));
        }

        return SvgBox.Frame("node", SvgBox.Fit(Heading(balance), Width, 13), null, "h2 ink", SvgBox.Stack(boxes, 8), 12);
    }

    private static string Facts(RssBalance balance)
    {
        string even = balance.MaxToMean is double ratio ? string.Create(CultureInfo.InvariantCulture, $", fullest queue {ratio:0.00} times the mean") : "";
        string apart = balance.AsymmetricShare is double share ? string.Create(CultureInfo.InvariantCulture, $", {share:0.0%} of two-way flows apart") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{balance.Packets:N0} packets, {(balance.IsFlowCountExact ? "" : "about ")}{balance.Flows:N0} flows{even}{apart}");
    }

    // Of very many queues the fullest are drawn, and the rest is told.
    private static BarOf[] QueueBars(RssBalance balance)
    {
        IEnumerable<RssQueueLoad> queues = balance.ByQueue.Length <= MostBars
            ? balance.ByQueue
            : balance.ByQueue.OrderByDescending(queue => queue.Packets).Take(MostBars).OrderBy(queue => queue.Queue);
        BarOf[] bars = [.. queues.Select(queue => new BarOf(string.Create(CultureInfo.InvariantCulture, $"queue {queue.Queue}"), queue.Share, queue.Packets, queue.Flows))];
        long rest = balance.Packets - bars.Sum(bar => bar.Packets);
        return balance.ByQueue.Length <= MostBars
            ? bars
            : [.. bars, new BarOf(string.Create(CultureInfo.InvariantCulture, $"{balance.ByQueue.Length - MostBars} others, together"), balance.Packets == 0 ? 0 : (double)rest / balance.Packets, rest, null)];
    }

    private static BarOf WorkerBar(RssWorkerLoad worker)
    {
        string who = worker.ProcessId is int process ? string.Create(CultureInfo.InvariantCulture, $"{worker.ProcessName} {process}") : "process not seen";
        string where = worker.Cpus is null ? "" : $" on CPU {worker.Cpus}";
        return new BarOf(string.Create(CultureInfo.InvariantCulture, $"member {worker.Member}: {who}{where}"), worker.Share, worker.Packets, worker.Flows);
    }

    private static SvgBox Bars(BarOf[] bars, double most, int parts, string role) => new(Width, bars.Length * Row, (svg, x, y) =>
    {
        double scale = most > 0 ? Bar / most : 0;
        for (int i = 0; i < bars.Length; i++)
        {
            BarOf bar = bars[i];
            double top = y + (i * Row);
            string figures = string.Create(CultureInfo.InvariantCulture, $"{bar.Share:0.0%}  {bar.Packets:N0} packets");
            string tip = string.Create(CultureInfo.InvariantCulture, $"{bar.Label}: {bar.Packets:N0} packets{(bar.Flows is long flows ? $", {flows:N0} flows" : "")}");
            _ = svg.Text(x, top + 12, SvgBox.Fit(bar.Label, Label - 8), "ink");
            _ = svg.Rectangle(x + Label, top + 2, Math.Max(1, Math.Min(Bar, bar.Share * scale)), Row - 5, role, 0, tip);
            _ = svg.Text(x + Label + Bar + 10, top + 12, figures, "ink");
        }

        double mean = x + Label + (scale / parts);
        if (scale > 0 && parts > 1 && mean <= x + Label + Bar)
        {
            _ = svg.Path(string.Create(CultureInfo.InvariantCulture, $"M{MarkupWriter.Number(mean)} {MarkupWriter.Number(y)}V{MarkupWriter.Number(y + (bars.Length * Row))}"), "ring");
        }
    });

    private static SvgBox Line(string text, string role) => new(Math.Min(Width, SvgBox.TextWidth(text)), 14, (svg, x, y) => _ = svg.Text(x, y + 11, SvgBox.Fit(text, Width), role));

    private sealed record BarOf(string Label, double Share, long Packets, long? Flows);
}
