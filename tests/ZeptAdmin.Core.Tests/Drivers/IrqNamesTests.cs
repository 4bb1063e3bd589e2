using CsCheck;
using ZeptAdmin.Drivers;

namespace ZeptAdmin.Tests.Drivers;

public sealed class IrqNamesTests
{
    [Theory]
    [InlineData("i40e", "i40e-ens1f0-TxRx-11", IrqService.Combined, "ens1f0", 11)]
    [InlineData("i40e", "i40e-my-port-TxRx-0", IrqService.Combined, "my-port", 0)]
    [InlineData("i40e", "i40e-0000:3b:00.0:misc", IrqService.Other, null, -1)]
    [InlineData("i40e", "i40e-0000:3b:00.0:fdir-TxRx-0", IrqService.Other, null, 0)]
    [InlineData("iavf", "iavf-eth1-TxRx-3", IrqService.Combined, "eth1", 3)]
    [InlineData("iavf", "iavf-0000:3b:02.0:mbx", IrqService.Other, null, -1)]
    [InlineData("ice", "ice-lan1-TxRx-126", IrqService.Combined, "lan1", 126)]
    [InlineData("ice", "ice-0000:65:00.0:ctrl-TxRx-0", IrqService.Other, null, 0)]
    [InlineData("ixgbe", "eth2-TxRx-7", IrqService.Combined, "eth2", 7)]
    [InlineData("ixgbe", "eth2", IrqService.Other, "eth2", -1)]
    [InlineData("igb", "enp5s0-rx-1", IrqService.Rx, "enp5s0", 1)]
    [InlineData("igc", "enp5s0-tx-1", IrqService.Tx, "enp5s0", 1)]
    [InlineData("e1000e", "eno1-rx-0", IrqService.Rx, "eno1", 0)]
    [InlineData("mlx5_core", "mlx5_comp5@pci:0000:c1:00.0", IrqService.Combined, null, 5)]
    [InlineData("mlx5_core", "mlx5_async0@pci:0000:c1:00.0", IrqService.Other, null, -1)]
    [InlineData("ena", "ens5-Tx-Rx-2", IrqService.Combined, "ens5", 2)]
    [InlineData("ena", "ena-mgmnt@pci:0000:00:05.0", IrqService.Other, null, -1)]
    [InlineData("gve", "gve-ntfy-blk12@pci:0000:00:08.0", IrqService.Combined, null, 12)]
    [InlineData("gve", "gve-mgmnt@pci:0000:00:08.0", IrqService.Other, null, -1)]
    [InlineData("virtio_net", "virtio2-input.0", IrqService.Rx, null, 0)]
    [InlineData("virtio_net", "virtio2-output.13", IrqService.Tx, null, 13)]
    [InlineData("virtio_net", "virtio2-config", IrqService.Other, null, -1)]
    [InlineData("vmxnet3", "ens192-rxtx-3", IrqService.Combined, "ens192", 3)]
    [InlineData("vmxnet3", "ens192-event-4", IrqService.Other, "ens192", 4)]
    [InlineData("bnxt_en", "eno1np0-TxRx-4", IrqService.Combined, "eno1np0", 4)]
    [InlineData("nfp", "ens1-rxtx-4", IrqService.Combined, "ens1", 4)]
    public void Names_are_understood(string driver, string name, IrqService service, string? interfaceName, int number)
    {
        IrqName? parsed = IrqNames.Parse(driver, name);

        Assert.NotNull(parsed);
        Assert.Equal((service, interfaceName, number), (parsed.Form.Service, parsed.Interface, parsed.First));
    }

    [Fact]
    public void A_vector_of_the_newer_ice_serves_a_range()
    {
        IrqName? parsed = IrqNames.Parse("ice", "ice-ens2f1-TxRx-2-3");

        Assert.Equal(("ens2f1", 2, 3), (parsed?.Interface, parsed?.First, parsed?.Last));
    }

    [Theory]
    [InlineData(null, "timer")]
    [InlineData("i40e", "eth0")]
    [InlineData("i40e", "i40e-eth0-TxRx-")]
    [InlineData("i40e", "i40e-eth0-TxRx-99999999999")]
    [InlineData(null, "ahci[0000:02:00.0]")]
    public void Other_names_are_not(string? driver, string name) => Assert.Null(IrqNames.Parse(driver, name));

    [Fact]
    public void Every_form_says_where_it_comes_from_and_is_well_formed() => Assert.All(IrqNames.Forms, form =>
    {
        Assert.NotEmpty(form.Source);
        string name = form.Form.Replace("{interface}", "eth0", StringComparison.Ordinal).Replace("{any}", "0000:01:00.0", StringComparison.Ordinal)
            .Replace("{queue}", "3", StringComparison.Ordinal).Replace("{last}", "4", StringComparison.Ordinal);
        Assert.DoesNotContain('{', name);
        Assert.Equal(form, IrqNames.Parse(form.Driver, name)?.Form);
    });

    [Fact]
    public void Any_name_can_be_asked_for() => Gen.String.Sample(name => { _ = IrqNames.Parse(null, name); });
}
