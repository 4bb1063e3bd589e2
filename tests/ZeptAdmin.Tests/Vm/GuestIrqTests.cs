using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Vm;

/// <summary>The interrupts that the module read in the guest are those of /proc/irq, and serve the queues that their cards have.</summary>
public sealed class GuestIrqTests(GuestResults guest) : IClassFixture<GuestResults>
{
    [Fact]
    public void Requested_and_effective_cpus_are_those_of_proc()
    {
        Dictionary<string, string[]> rows = GuestResults.Rows("irq").ToDictionary(row => row[0]);
        IrqAffinity[] read = guest.Records<IrqAffinity>("Get-IrqAffinity");

        Assert.NotEmpty(read);
        Assert.All(read, irq =>
        {
            string[] row = rows[irq.Irq.ToString(CultureInfo.InvariantCulture)];
            Assert.Equal((List(row[1]), List(row[2])), (irq.RequestedCpus?.ToString(), irq.EffectiveCpus?.ToString()));
            Assert.Contains(irq.Name, row[4].Split(' '));
        });
    }

    [Fact]
    public void The_choice_made_in_the_guest_is_seen()
    {
        IrqAffinity igb = guest.Records<IrqAffinity>("Get-IrqAffinity").Single(irq => irq.Name == "igb-rx-0");

        Assert.Equal(("igb", "3"), (igb.InterfaceName, igb.RequestedCpus?.ToString()));
    }

    [Theory]
    [InlineData("e1000e", "Rx 0, Tx 0, Other -")]
    [InlineData("igb", "Rx 0, Rx 1, Rx 2, Rx 3, Tx 0, Tx 1, Tx 2, Tx 3, Other -")]
    [InlineData("vmxnet3", "Combined 0, Combined 1, Combined 2, Combined 3, Other -")]
    [InlineData("virtio-mq", "Rx 0, Rx 1, Rx 2, Rx 3, Tx 0, Tx 1, Tx 2, Tx 3, Other -")]
    [InlineData("virtio", "Rx 0, Tx 0, Other -")]
    public void Every_queue_of_a_card_has_its_interrupt(string card, string expected)
    {
        IrqAffinity[] read = [.. guest.Records<IrqAffinity>("Get-IrqAffinity").Where(irq => irq.InterfaceName == card)];

        string[] served = [.. read.OrderBy(irq => irq.Direction).ThenBy(irq => irq.Queue).Select(irq => $"{irq.Direction} {irq.Queue?.ToString(CultureInfo.InvariantCulture) ?? "-"}")];
        Assert.Equal(expected, string.Join(", ", served));
        // The number in the name is the queue, for each of these drivers; the vector for events has no queue.
        Assert.All(read.Where(irq => irq.Queue is not null), irq => Assert.Equal(Regex.Match(irq.Name!, @"\d+$").Value, irq.Queue!.Value.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Softirq_counters_go_on_from_where_proc_was()
    {
        string[] lines = GuestResults.Machine("softnet_stat").Trim().Split('\n');
        SoftnetStat[] read = guest.Records<SoftnetStat>("Get-SoftnetStat");

        Assert.Equal(lines.Select(line => Hexadecimal(line.Split(' ')[12])), read.Select(stat => (long)stat.Cpu));
        Assert.All(lines.Zip(read), pair => Assert.InRange(pair.Second.Processed, Hexadecimal(pair.First.Split(' ')[0]), Hexadecimal(pair.First.Split(' ')[0]) + 100_000));
    }

    private static string? List(string text) => text.Length == 0 ? null : CpuList.Parse(text).ToString();

    private static long Hexadecimal(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
