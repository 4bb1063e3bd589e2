using CsCheck;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

public sealed class ProcInterruptsTests
{
    // Lines as x86-64 with and without interrupt remapping, arm64 and Xen write them.
    private const string Text =
        """
                   CPU0       CPU2       CPU5
          0:         44          0          0   IO-APIC   2-edge      timer
         16:          0          1          0   IO-APIC  16-fasteoi   uhci_hcd:usb5, ahci[0000:02:00.0]
         38:       5462          7 4294967295 PCI-MSIX-0000:00:03.0   1-edge      virtio2-input.0
         66:          1          2          3  IR-PCI-MSI 52953105-edge      ice-0000:65:00.0:misc
         70:          1          2          3     GICv2  56 Level     eth0
         71:          1          2          3   ITS-MSI 81921 Edge      ens5-Tx-Rx-0
         72:          1          2          3  xen-dyn    -event     eth0-q0-tx
         73:          1          2          3  IO-APIC   9-edge
        NMI:          0          0          0   Non-maskable interrupts
        ERR:          0
        """;

    private readonly ProcInterrupts _table = ProcInterrupts.Parse(Text);

    [Fact]
    public void Columns_are_the_online_CPUs() => Assert.Equal([0, 2, 5], _table.Cpus);

    [Theory]
    [InlineData(0, "timer")]
    [InlineData(16, "uhci_hcd:usb5|ahci[0000:02:00.0]")]
    [InlineData(38, "virtio2-input.0")]
    [InlineData(66, "ice-0000:65:00.0:misc")]
    [InlineData(70, "eth0")]
    [InlineData(71, "ens5-Tx-Rx-0")]
    [InlineData(72, "eth0-q0-tx")]
    [InlineData(73, "")]
    public void Handlers_stand_behind_the_trigger(int irq, string expected) => Assert.Equal(expected, string.Join('|', _table[irq]!.Actions));

    [Fact]
    public void Counts_are_unsigned() => Assert.Equal([5462, 7, uint.MaxValue], _table[38]!.Counts);

    [Fact]
    public void Lines_without_a_number_are_no_device() => Assert.Equal(8, _table.Lines.Count);

    [Fact]
    public void A_file_that_was_cut_off_gives_what_is_whole() =>
        Gen.Int[0, Text.Length].Sample(length =>
        {
            ProcInterrupts table = ProcInterrupts.Parse(Text[..length]);
            return table.Lines.Count <= 8 && table.Lines.All(line => line.Counts.Length == table.Cpus.Length);
        });

    [Fact]
    public void Any_text_can_be_read() => Gen.String.Sample(text => { _ = ProcInterrupts.Parse("  CPU0 CPU1\n" + text).Lines.Count; });
}
