using System.Globalization;
using System.Xml.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Reports;
using ZeptAdmin.Rss.Balance;

namespace ZeptAdmin.Tests.Reports;

/// <summary>The picture of a balance: every queue, worker and entry once, to one scale.</summary>
public sealed class FlowChartTests
{
    [Fact]
    public void Bars_are_as_long_as_their_share_and_entries_as_dark_as_their_packets()
    {
        XElement svg = Draw(Balance([600, 300, 100, 0], entries: [600, 300, 100, 0]));

        double[] lengths = [.. Of(svg, "nic").Select(bar => Length(bar, "width"))];
        Assert.Equal(4, lengths.Length);
        Assert.Equal(2, lengths[0] / lengths[1], 3);
        Assert.Equal(6, lengths[0] / lengths[2], 3);
        Assert.Equal(["heat3", "heat2", "heat1", "heat0"], Enumerable.Range(0, 4).Select(entry => Role(svg, $"entry {entry}, queue {entry}: ")));
        Assert.All(["queue 0", "60.0%  600 packets", "queue 3", "0.0%  0 packets"], text => Assert.Contains(text, Texts(svg)));
    }

    [Fact]
    public void Settings_are_drawn_to_one_scale()
    {
        XElement svg = Draw(Balance([500, 500], [1000]), Balance([250, 250, 250, 250], [1000]));

        double[] lengths = [.. Of(svg, "nic").Select(bar => Length(bar, "width"))];
        Assert.Equal(6, lengths.Length);
        Assert.Equal(2, lengths[0] / lengths[5], 3);
    }

    [Fact]
    public void Workers_stand_in_their_groups_with_their_process()
    {
        RssBalance balance = Balance([600, 400], [1000]) with
        {
            ByWorker =
            [
                new RssWorkerLoad { FanoutId = 101, Member = 0, ProcessId = 4711, ProcessName = "zeek", Cpus = CpuList.Parse("9"), Packets = 400, Share = 0.4 },
                new RssWorkerLoad { FanoutId = 101, Member = 1, Packets = 600, Share = 0.6 },
                new RssWorkerLoad { Member = 0, ProcessId = 5, ProcessName = "tcpdump", Packets = 1000, Share = 1 },
            ],
        };

        XElement svg = Draw(balance);

        Assert.Equal(3, Of(svg, "worker").Count());
        Assert.All(
            ["Workers of fanout group 101", "member 0: zeek 4711 on CPU 9", "member 1: process not seen", "Sockets in no fanout group", "member 0: tcpdump 5"],
            text => Assert.Contains(text, Texts(svg)));
    }

    [Theory]
    [InlineData(4096, 65536)]
    [InlineData(1, 1)]
    [InlineData(128, 2000)]
    public void Whatever_the_size_all_is_inside_and_the_sums_hold(int queues, int size)
    {
        long[] loads = [.. Enumerable.Range(0, queues).Select(queue => (long)queue)];
        XElement svg = Draw(Balance(loads, [.. Enumerable.Range(0, size).Select(entry => (long)entry)]));

        XElement[] boxes = [.. svg.Descendants().Where(element => element.Name.LocalName == "rect")];
        Assert.All(boxes, box => Assert.True(Length(box, "x") + Length(box, "width") <= Length(svg, "width") && Length(box, "y") + Length(box, "height") <= Length(svg, "height")));
        Assert.InRange(boxes.Length, 1, 1400);
        Assert.Equal(loads.Sum(), Sum(svg, "queue ", "others, together"));
        Assert.Equal((long)size * (size - 1) / 2, Sum(svg, "entr", "entr"));
    }

    [Fact]
    public void Nothing_measured_is_drawn_too_and_names_stay_text()
    {
        XElement svg = Draw(Balance([], []) with { Path = ["a<script>&\u202e"], InterfaceName = "</svg>" });

        Assert.Contains("a<script>&\ufffd", Texts(svg));
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName == "script");
    }

    private static RssBalance Balance(long[] queues, long[] entries)
    {
        long sum = queues.Sum();
        return new RssBalance
        {
            Path = ["a.pcap"],
            Queues = queues.Length,
            TableSize = entries.Length,
            Packets = sum,
            ByQueue = [.. queues.Select((packets, queue) => new RssQueueLoad { Queue = queue, Packets = packets, Share = sum == 0 ? 0 : (double)packets / sum })],
            EntryPackets = entries,
            EntryQueues = [.. Enumerable.Range(0, entries.Length).Select(entry => entry % Math.Max(1, queues.Length))],
        };
    }

    private static XElement Draw(params RssBalance[] balances) => XElement.Parse(FlowChart.Draw(balances));

    private static IEnumerable<XElement> Of(XElement svg, string role) => svg.Descendants().Where(element => (string?)element.Attribute("class") == role && element.HasElements);

    private static string Role(XElement svg, string tip) =>
        (string)svg.Descendants().Single(element => element.Name.LocalName == "rect" && element.Value.Trim().StartsWith(tip, StringComparison.Ordinal)).Attribute("class")!;

    // What the tips say, added up.
    private static long Sum(XElement svg, string start, string within) => svg.Descendants()
        .Where(element => element.Name.LocalName == "rect" && element.HasElements)
        .Select(element => element.Value.Trim())
        .Where(tip => tip.StartsWith(start, StringComparison.Ordinal) || tip.Contains(within, StringComparison.Ordinal))
        .Sum(tip => long.Parse(tip[(tip.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture));

    private static double Length(XElement element, string name) => double.Parse((string)element.Attribute(name)!, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Texts(XElement svg) => svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value);
}
