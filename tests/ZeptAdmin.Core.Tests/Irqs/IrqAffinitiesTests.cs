using CsCheck;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Irqs;

/// <summary>One small machine for each family of drivers: names of interrupts as their sources make them.</summary>
public sealed class IrqAffinitiesTests : IDisposable
{
    private readonly SmallMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void All_of_an_interrupt_is_read()
    {
        _ = _machine.WithCard("ens1f0", "i40e", 2, 2).WithIrq(100, "i40e-0000:3b:00.0:misc").WithIrq(101, "i40e-ens1f0-TxRx-0").WithIrq(102, "i40e-ens1f0-TxRx-1");

        IrqAffinity queue = Get("ens1f0")[1];

        Assert.Equal(("ens1f0", 1, IrqDirection.Combined, 102, "i40e-ens1f0-TxRx-1"), (queue.InterfaceName, queue.Queue, queue.Direction, queue.Irq, queue.Name));
        Assert.Equal(("0-3", "2", "2", 1), (queue.RequestedCpus?.ToString(), queue.EffectiveCpus?.ToString(), queue.AffinityHint?.ToString(), queue.Node));
        Assert.Equal((112L, 3, 102L), (queue.Interrupts, queue.BusiestCpu, queue.InterruptsOnBusiestCpu));
        Assert.Equal(("1", "", "IR-PCI-MSI", IrqMapping.Name), (queue.XpsCpus?.ToString(), queue.RpsCpus?.ToString(), queue.ChipName, queue.MappedBy));
        Assert.Null(queue.IsManaged);
        Assert.Empty(queue.Notes);
    }

    [Fact]
    public void I40e() => Check(
        _machine.WithCard("ens1f0", "i40e", 2, 2).WithIrq(100, "i40e-0000:3b:00.0:misc").WithIrq(101, "i40e-ens1f0-TxRx-0")
            .WithIrq(102, "i40e-ens1f0-TxRx-1").WithIrq(103, "i40e-0000:3b:00.0:fdir-TxRx-0").WithIrq(104, null),
        "ens1f0", "0 Combined 101", "1 Combined 102", "- Other 100", "- Other 103");

    [Fact]
    public void A_renamed_interface_keeps_its_interrupts() => Check(
        _machine.WithCard("span0", "i40e", 1, 1).WithIrq(101, "i40e-ens1f0-TxRx-0"),
        "span0", "0 Combined 101");

    [Fact]
    public void Newer_ice_serves_two_queues_by_one_vector() => Check(
        _machine.WithCard("ens2f1", "ice", 4, 4).WithIrq(50, "ice-0000:3b:00.0:misc").WithIrq(51, "ice-ens2f1-TxRx-0-1").WithIrq(52, "ice-ens2f1-TxRx-2-3"),
        "ens2f1", "0 Combined 51", "1 Combined 51", "2 Combined 52", "3 Combined 52", "- Other 50");

    [Fact]
    public void Igb_with_its_vector_for_link_changes() => Check(
        _machine.WithCard("eno1", "igb", 2, 2).WithIrq(30, "eno1").WithIrq(31, "eno1-TxRx-0").WithIrq(32, "eno1-TxRx-1"),
        "eno1", "0 Combined 31", "1 Combined 32", "- Other 30");

    [Fact]
    public void Mlx5_has_vectors_beyond_its_channels() => Check(
        _machine.WithCard("ens3np0", "mlx5_core", 2, 2).WithIrq(60, "mlx5_async0@pci:0000:3b:00.0").WithIrq(61, "mlx5_comp0@pci:0000:3b:00.0")
            .WithIrq(62, "mlx5_comp1@pci:0000:3b:00.0").WithIrq(63, "mlx5_comp2@pci:0000:3b:00.0"),
        "ens3np0", "0 Combined 61", "1 Combined 62", "- Other 60", "- Other 63");

    [Fact]
    public void Mlx5_of_kernels_that_count_from_one() => Check(
        _machine.WithCard("ens3np0", "mlx5_core", 2, 2).WithIrq(61, "mlx5_comp1@pci:0000:3b:00.0").WithIrq(62, "mlx5_comp2@pci:0000:3b:00.0"),
        "ens3np0", "0 Combined 61", "1 Combined 62");

    [Fact]
    public void Gve_halves_its_blocks() => Check(
        _machine.WithCard("ens4", "gve", 1, 2).WithIrq(40, "gve-ntfy-blk0@pci:0000:3b:00.0").WithIrq(41, "gve-ntfy-blk1@pci:0000:3b:00.0")
            .WithIrq(42, "gve-ntfy-blk2@pci:0000:3b:00.0").WithIrq(43, "gve-ntfy-blk3@pci:0000:3b:00.0").WithIrq(44, "gve-mgmnt@pci:0000:3b:00.0"),
        "ens4", "0 Rx 42", "0 Tx 40", "1 Tx 41", "- Other 43", "- Other 44");

    [Fact]
    public void Virtio_hangs_below_its_PCI_function() => Check(
        _machine.WithCard("eth0", "virtio_net", 1, 1, virtio: "virtio2").WithIrq(37, "virtio2-config").WithIrq(38, "virtio2-input.0")
            .WithIrq(39, "virtio2-output.0").WithIrq(40, "virtio2-input.1").WithIrq(41, "virtio2-output.1"),
        "eth0", "0 Rx 38", "0 Tx 39", "- Other 37", "- Other 40", "- Other 41");

    [Fact]
    public void Vmxnet3_counts_vectors_on() => Check(
        _machine.WithCard("ens192", "vmxnet3", 2, 1).WithIrq(20, "ens192-tx-0").WithIrq(21, "ens192-rx-1").WithIrq(22, "ens192-rx-2").WithIrq(23, "ens192-event-3"),
        "ens192", "0 Rx 21", "0 Tx 20", "1 Rx 22", "- Other 23");

    [Fact]
    public void Bnxt_counts_rings_on() => Check(
        _machine.WithCard("eno1np0", "bnxt_en", 2, 1).WithIrq(20, "eno1np0-rx-0").WithIrq(21, "eno1np0-rx-1").WithIrq(22, "eno1np0-tx-2"),
        "eno1np0", "0 Rx 20", "0 Tx 22", "1 Rx 21");

    [Fact]
    public void Ena() => Check(
        _machine.WithCard("ens5", "ena", 1, 1).WithIrq(28, "ena-mgmnt@pci:0000:3b:00.0").WithIrq(29, "ens5-Tx-Rx-0"),
        "ens5", "0 Combined 29", "- Other 28");

    [Fact]
    public void One_interrupt_serves_the_one_pair_of_queues() => Check(
        _machine.WithCard("eno1", "e1000e", 1, 1).WithIrq(30, "eno1"),
        "eno1", "0 Combined 30");

    [Fact]
    public void An_unknown_driver_with_as_many_vectors_as_queues_is_taken_in_order_and_says_so()
    {
        _ = _machine.WithCard("enp1s0", "strange", 2, 2).WithIrq(31, "strange-b").WithIrq(30, "strange-a");

        Assert.Equal(["0 Combined 30", "1 Combined 31"], Shown(Get("enp1s0")));
        Assert.All(Get("enp1s0"), record => Assert.Equal((IrqMapping.MsiOrder, 1), (record.MappedBy, record.Notes.Length)));
    }

    [Fact]
    public void An_unknown_driver_with_another_number_of_vectors_is_not_guessed()
    {
        _ = _machine.WithCard("enp1s0", "strange", 2, 2).WithIrq(30, "strange-a").WithIrq(31, "strange-b").WithIrq(32, "strange-c");

        Assert.All(Get("enp1s0"), record => Assert.Equal((null, IrqMapping.None), (record.Queue, record.MappedBy)));
    }

    [Fact]
    public void The_kernels_own_word_goes_before_names()
    {
        // Queue 0 is served by the vector whose name says 1.
        _ = _machine.WithCard("ens3np0", "mlx5_core", 2, 2).WithIrq(60, "mlx5_async0@pci:0000:3b:00.0")
            .WithIrq(61, "mlx5_comp0@pci:0000:3b:00.0").WithIrq(62, "mlx5_comp1@pci:0000:3b:00.0").WithIrq(63, "mlx5_comp2@pci:0000:3b:00.0")
            .WithNapi(0, NetdevQueueType.Rx, 8001, 62).WithNapi(0, NetdevQueueType.Tx, 8001, 62)
            .WithNapi(1, NetdevQueueType.Rx, 8002, 63).WithNapi(1, NetdevQueueType.Tx, 8002, 63);

        IrqAffinity[] records = Get("ens3np0");

        Assert.Equal(["0 Combined 62", "1 Combined 63", "- Other 60", "- Other 61"], Shown(records));
        Assert.Equal([(IrqMapping.Netlink, 8001L), (IrqMapping.Netlink, 8002L)], records[..2].Select(record => (record.MappedBy, record.NapiId!.Value)));
    }

    [Fact]
    public void A_driver_that_told_NAPI_but_no_interrupt_is_mapped_by_name_and_keeps_the_NAPI()
    {
        _ = _machine.WithCard("eth0", "virtio_net", 1, 1, virtio: "virtio2").WithIrq(38, "virtio2-input.0").WithIrq(39, "virtio2-output.0")
            .WithNapi(0, NetdevQueueType.Rx, 257, null).WithNapi(0, NetdevQueueType.Tx, null, null);

        IrqAffinity[] records = Get("eth0");

        Assert.Equal([(IrqDirection.Rx, 257L), (IrqDirection.Tx, null)], records.Select(record => (record.Direction, record.NapiId)));
        Assert.All(records, record => Assert.Equal(IrqMapping.Name, record.MappedBy));
    }

    [Fact]
    public void Ports_that_share_a_function_do_not_take_each_others_interrupts()
    {
        _ = _machine.WithCard("p0", "sfc", 1, 1).WithCard("p1", "sfc", 1, 1).WithIrq(30, "p0-TxRx-0").WithIrq(31, "p1-TxRx-0");

        Assert.Equal(["0 Combined 30"], Shown(Get("p0")));
        Assert.Equal(["0 Combined 31"], Shown(Get("p1")));
    }

    [Fact]
    public void What_privileges_forbid_is_told_with_the_capability()
    {
        _ = _machine.WithCard("ens5", "ena", 1, 1).WithIrq(29, "ens5-Tx-Rx-0").With("/proc/irq/29/affinity_hint", Errno.EACCES);

        IrqAffinity record = Assert.Single(Get("ens5"));

        Assert.Null(record.AffinityHint);
        Assert.Contains("CAP_DAC_READ_SEARCH", Assert.Single(record.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_virtual_interface_has_none_and_an_unknown_one_is_unknown()
    {
        _ = _machine.With("/sys/class/net/veth0/ifindex", "7\n");

        Assert.Equal(Errno.EOPNOTSUPP, new IrqAffinities(_machine).Get("veth0").Refusal?.Errno);
        Assert.Equal(Errno.ENODEV, new IrqAffinities(_machine).Get("eth9").Refusal?.Errno);
        Assert.Equal(Errno.ENODEV, new IrqAffinities(_machine).Get("../..").Refusal?.Errno);
    }

    [Fact]
    public void An_interface_that_is_down_says_so()
    {
        _ = _machine.WithCard("eno1", "igb", 1, 1).WithIrq(30, null).With("/sys/devices/pci0000:3a/0000:3b:00.0/net/eno1/flags", "0x1002\n");

        Assert.Contains("down", new IrqAffinities(_machine).Get("eno1").Refusal?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_interrupt_can_be_asked_for_by_number()
    {
        _ = _machine.WithCard("ens5", "ena", 1, 1).WithIrq(29, "ens5-Tx-Rx-0").WithIrq(90, "nvme0q1", function: "0000:5e:00.0");
        IrqAffinities affinities = new(_machine);

        Assert.Equal(("ens5", 0), affinities.Get(29).Value.Select(record => (record.InterfaceName, record.Queue)).Single());
        Assert.Equal((null, "nvme0q1"), affinities.Get(90).Value.Select(record => (record.InterfaceName, record.Name)).Single());
        Assert.Equal(Errno.ENOENT, affinities.Get(91).Refusal?.Errno);
    }

    [Fact]
    public void No_file_that_is_missing_or_cut_off_is_an_exception()
    {
        using SmallMachine machine = new SmallMachine().WithCard("eth0", "virtio_net", 2, 2, virtio: "virtio2")
            .WithIrq(38, "virtio2-input.0").WithIrq(39, "virtio2-output.0").WithIrq(40, "ice-x-TxRx-0-65535")
            .With("/proc/net/softnet_stat", "0000008b 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n")
            .With("/etc/default/irqbalance", "IRQBALANCE_BANNED_CPULIST=1-3\nIRQBALANCE_ARGS=\"--banirq=3\"\n");
        string[] paths = [.. machine.Contents.Keys];
        Gen.Select(Gen.Int[0, paths.Length - 1], Gen.Int[-1, 60], Gen.Byte).Sample((index, length, other) =>
        {
            string path = paths[index];
            byte[] whole = machine.Contents[path];
            machine.Replace(path, length < 0 ? null : [.. whole[..Math.Min(length, whole.Length)], other]);
            IrqAffinities affinities = new(machine);
            _ = (affinities.Get("eth0"), affinities.Get(38), IrqBalances.Get(machine), SoftnetStats.Get(machine));
            machine.Replace(path, whole);
        }, threads: 1);
    }

    private static string[] Shown(IrqAffinity[] records) =>
        [.. records.Select(record => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(record.Queue is int queue ? queue : "-")} {record.Direction} {record.Irq}"))];

    private static void Check(SmallMachine machine, string interfaceName, params string[] expected) =>
        Assert.Equal(expected, Shown(new IrqAffinities(machine).Get(interfaceName).Value));

    private IrqAffinity[] Get(string interfaceName) => new IrqAffinities(_machine).Get(interfaceName).Value;
}
