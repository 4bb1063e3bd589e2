using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Drops;

namespace ZeptAdmin.Tests.Vm;

/// <summary>Frames that were too long for an emulated card: found at its MAC, each, and nowhere else.</summary>
public sealed class GuestDropTests : IDisposable
{
    private readonly GuestResults _results = new();

    public void Dispose() => _results.Dispose();

    [Fact]
    public void Frames_that_the_card_refused_are_found_at_the_wire_and_nowhere_else()
    {
        string[] sent = File.ReadAllText(GuestResults.PathOf("drops/sent")).Trim().Split(' ');
        (long good, long tooLong) = (long.Parse(sent[0], CultureInfo.InvariantCulture), long.Parse(sent[1], CultureInfo.InvariantCulture));
        PacketDrop[] rows = _results.RecordsOf<PacketDrop>("drops/rows.clixml");

        PacketDrop mac = Assert.Single(rows, row => row.Layer == DropLayer.Mac);
        Assert.Equal((tooLong, good + tooLong), (mac.Dropped, mac.Packets));
        Assert.All(rows.Where(row => row.Layer is not (DropLayer.Mac or DropLayer.Verdict)), row => Assert.True(row.Dropped is null or 0, $"{row.Layer} lost {row.Dropped}"));
        Assert.Equal(DropLayer.Mac, rows[^1].LossyLayer);

        // ethtool of Debian counts the same ones.
        string text = File.ReadAllText(GuestResults.PathOf("drops/ethtool.txt"));
        Assert.Contains(mac.Counters, counter => Regex.IsMatch(text, $@"^\s*{Regex.Escape(counter)}: {tooLong}$", RegexOptions.Multiline));
    }
}
