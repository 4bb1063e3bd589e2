using System.Globalization;

namespace ZeptAdmin.Drivers;

/// <summary>What the number in the name of an interrupt counts.</summary>
public enum IrqNumbering
{
    /// <summary>Queues of the direction that the name tells.</summary>
    Queue,

    /// <summary>Vectors: the queue is the rank of the number among the names of the same direction.</summary>
    Vector,

    /// <summary>Notification blocks of gve: the first half serves transmit queues, the second half receive queues.</summary>
    Block,

    /// <summary>Nothing: the interrupt serves no queue.</summary>
    None,
}

/// <summary>What an interrupt serves, by its name.</summary>
public enum IrqService
{
    /// <summary>A receive and a transmit queue.</summary>
    Combined,

    /// <summary>A receive queue.</summary>
    Rx,

    /// <summary>A transmit queue.</summary>
    Tx,

    /// <summary>Link changes, mailboxes, configuration: no queue.</summary>
    Other,
}

/// <summary>How a driver names an interrupt.</summary>
/// <param name="Driver">Name of the driver; null for a form that many drivers share.</param>
/// <param name="Form">
/// The name, with <c>{interface}</c>, <c>{queue}</c>, <c>{last}</c> (last queue of a range) and <c>{any}</c> in place of what varies.
/// </param>
/// <param name="Service">What such an interrupt serves.</param>
/// <param name="Numbering">What its number counts.</param>
/// <param name="Source">Where the driver makes the name.</param>
public sealed record IrqNameForm(string? Driver, string Form, IrqService Service, IrqNumbering Numbering, string Source);

/// <summary>A name that was understood.</summary>
/// <param name="Form">The form that it has.</param>
/// <param name="Interface">The interface in it, which keeps its old name after a renaming; null when the form has none.</param>
/// <param name="First">First number in it; -1 when the form has none.</param>
/// <param name="Last">Last number in it.</param>
public sealed record IrqName(IrqNameForm Form, string? Interface, int First, int Last);

/// <summary>How network drivers name their interrupts.</summary>
/// <remarks>Files are those of drivers/net/ethernet of Linux 6.x unless told otherwise.</remarks>
public static class IrqNames
{
    // Queue numbers are 16 bits wide (struct net_device, skb->queue_mapping).
    private const int HighestNumber = ushort.MaxValue;

    private static readonly IrqNameForm[] All =
    [
        // dev_driver_string-netdev; the sideband flow director has a VSI of its own, named by the PCI address.
        new("i40e", "i40e-{interface}-TxRx-{queue}", IrqService.Combined, IrqNumbering.Queue, "intel/i40e/i40e_main.c i40e_vsi_request_irq_msix"),
        new("i40e", "i40e-{interface}-rx-{queue}", IrqService.Rx, IrqNumbering.Queue, "intel/i40e/i40e_main.c i40e_vsi_request_irq_msix"),
        new("i40e", "i40e-{interface}-tx-{queue}", IrqService.Tx, IrqNumbering.Queue, "intel/i40e/i40e_main.c i40e_vsi_request_irq_msix"),
        new("i40e", "i40e-{any}:misc", IrqService.Other, IrqNumbering.None, "intel/i40e/i40e_main.c i40e_setup_misc_vector"),
        new("i40e", "i40e-{any}:fdir-TxRx-{queue}", IrqService.Other, IrqNumbering.None, "intel/i40e/i40e_main.c i40e_vsi_open"),
        new("iavf", "iavf-{interface}-TxRx-{queue}", IrqService.Combined, IrqNumbering.Queue, "intel/iavf/iavf_main.c iavf_request_traffic_irqs"),
        new("iavf", "iavf-{interface}-rx-{queue}", IrqService.Rx, IrqNumbering.Queue, "intel/iavf/iavf_main.c iavf_request_traffic_irqs"),
        new("iavf", "iavf-{interface}-tx-{queue}", IrqService.Tx, IrqNumbering.Queue, "intel/iavf/iavf_main.c iavf_request_traffic_irqs"),
        new("iavf", "iavf-{any}:mbx", IrqService.Other, IrqNumbering.None, "intel/iavf/iavf_main.c iavf_request_misc_irq"),

        // The out-of-tree driver since 1.16 may serve several queues by one vector: intel/ethernet-linux-ice#16 (field.md A3).
        new("ice", "ice-{interface}-TxRx-{queue}-{last}", IrqService.Combined, IrqNumbering.Queue, "intel/ethernet-linux-ice#16"),
        new("ice", "ice-{interface}-TxRx-{queue}", IrqService.Combined, IrqNumbering.Queue, "intel/ice/ice_main.c ice_vsi_req_irq_msix"),
        new("ice", "ice-{interface}-rx-{queue}", IrqService.Rx, IrqNumbering.Queue, "intel/ice/ice_main.c ice_vsi_req_irq_msix"),
        new("ice", "ice-{interface}-tx-{queue}", IrqService.Tx, IrqNumbering.Queue, "intel/ice/ice_main.c ice_vsi_req_irq_msix"),
        new("ice", "ice-{any}:misc", IrqService.Other, IrqNumbering.None, "intel/ice/ice_main.c ice_req_irq_msix_misc"),
        new("ice", "ice-{any}:ll_ts", IrqService.Other, IrqNumbering.None, "intel/ice/ice_main.c ice_req_irq_msix_misc"),
        new("ice", "ice-{any}:ctrl-TxRx-{queue}", IrqService.Other, IrqNumbering.None, "intel/ice/ice_main.c ice_vsi_open_ctrl; seen in metal-images#136"),
        new("idpf", "idpf-{interface}-TxRx-{queue}", IrqService.Combined, IrqNumbering.Vector, "intel/idpf/idpf_txrx.c idpf_vport_intr_req_irq"),
        new("idpf", "idpf-{interface}-Rx-{queue}", IrqService.Rx, IrqNumbering.Vector, "intel/idpf/idpf_txrx.c idpf_vport_intr_req_irq"),
        new("idpf", "idpf-{interface}-Tx-{queue}", IrqService.Tx, IrqNumbering.Vector, "intel/idpf/idpf_txrx.c idpf_vport_intr_req_irq"),

        // No interface in the name; RDMA uses completion vectors above the number of channels. Some kernels before 6.9 counted from 1,
        // hence the rank rather than the number.
        new("mlx5_core", "mlx5_comp{queue}@pci:{any}", IrqService.Combined, IrqNumbering.Vector, "mellanox/mlx5/core/pci_irq.c irq_set_name"),
        new("mlx5_core", "mlx5_comp{queue}", IrqService.Combined, IrqNumbering.Vector, "mellanox/mlx5/core/main.c of old kernels"),
        new("mlx5_core", "mlx5_combined{queue}@pci:{any}", IrqService.Combined, IrqNumbering.Vector, "mellanox/mlx5/core/pci_irq.c irq_set_name"),
        new("mlx5_core", "mlx5_async{any}", IrqService.Other, IrqNumbering.None, "mellanox/mlx5/core/pci_irq.c irq_set_name"),
        new("mlx5_core", "mlx5_{any}", IrqService.Other, IrqNumbering.None, "mellanox/mlx5/core/pci_irq.c"),

        new("ena", "{interface}-Tx-Rx-{queue}", IrqService.Combined, IrqNumbering.Queue, "amazon/ena/ena_netdev.c ena_setup_io_intr"),
        new("ena", "ena-mgmnt@pci:{any}", IrqService.Other, IrqNumbering.None, "amazon/ena/ena_netdev.c ena_setup_mgmnt_intr"),
        new("gve", "gve-ntfy-blk{queue}@pci:{any}", IrqService.Combined, IrqNumbering.Block, "google/gve/gve_main.c gve_alloc_notify_blocks, gve.h gve_rx_idx_to_ntfy"),
        new("gve", "{any}-ntfy-block.{queue}", IrqService.Combined, IrqNumbering.Block, "google/gve/gve_main.c before Linux 6.4"),
        new("gve", "gve-mgmnt@pci:{any}", IrqService.Other, IrqNumbering.None, "google/gve/gve_main.c gve_alloc_notify_blocks"),
        new("mana", "mana_q{queue}@pci:{any}", IrqService.Combined, IrqNumbering.Queue, "microsoft/mana/gdma_main.c mana_gd_setup_irqs"),
        new("mana", "mana_hwc@pci:{any}", IrqService.Other, IrqNumbering.None, "microsoft/mana/gdma_main.c mana_gd_setup_irqs"),

        // virtio_pci_common.c joins the device's name and the virtqueue's.
        new("virtio_net", "{any}-input.{queue}", IrqService.Rx, IrqNumbering.Queue, "drivers/net/virtio_net.c virtnet_find_vqs"),
        new("virtio_net", "{any}-output.{queue}", IrqService.Tx, IrqNumbering.Queue, "drivers/net/virtio_net.c virtnet_find_vqs"),
        new("virtio_net", "{any}-config", IrqService.Other, IrqNumbering.None, "drivers/virtio/virtio_pci_common.c vp_find_vqs_msix"),
        new("virtio_net", "{any}-control", IrqService.Other, IrqNumbering.None, "drivers/net/virtio_net.c virtnet_find_vqs"),

        // vmxnet3 counts vectors on from transmit to receive; the shared interrupt of a buddy pair is rxtx.
        new("vmxnet3", "{interface}-rxtx-{queue}", IrqService.Combined, IrqNumbering.Vector, "drivers/net/vmxnet3/vmxnet3_drv.c vmxnet3_request_irqs"),
        new("vmxnet3", "{interface}-rx-{queue}", IrqService.Rx, IrqNumbering.Vector, "drivers/net/vmxnet3/vmxnet3_drv.c vmxnet3_request_irqs"),
        new("vmxnet3", "{interface}-tx-{queue}", IrqService.Tx, IrqNumbering.Vector, "drivers/net/vmxnet3/vmxnet3_drv.c vmxnet3_request_irqs"),
        new("vmxnet3", "{interface}-event-{queue}", IrqService.Other, IrqNumbering.None, "drivers/net/vmxnet3/vmxnet3_drv.c vmxnet3_request_irqs"),

        // bnxt counts completion rings on from receive to transmit where they are not shared.
        new("bnxt_en", "{interface}-TxRx-{queue}", IrqService.Combined, IrqNumbering.Vector, "broadcom/bnxt/bnxt.c bnxt_setup_msix"),
        new("bnxt_en", "{interface}-rx-{queue}", IrqService.Rx, IrqNumbering.Vector, "broadcom/bnxt/bnxt.c bnxt_setup_msix"),
        new("bnxt_en", "{interface}-tx-{queue}", IrqService.Tx, IrqNumbering.Vector, "broadcom/bnxt/bnxt.c bnxt_setup_msix"),

        // Shared by many: igb, igc, ixgbe, ixgbevf, e1000e, nfp, octeontx2, txgbe, ngbe, rnpgbe …
        new(null, "{interface}-TxRx-{queue}", IrqService.Combined, IrqNumbering.Queue, "intel/ixgbe/ixgbe_main.c, igb_main.c, igc_main.c; wangxun/libwx"),
        new(null, "{interface}-rxtx-{queue}", IrqService.Combined, IrqNumbering.Queue, "netronome/nfp/nfp_net_common.c, marvell/octeontx2/nic/otx2_pf.c"),
        new(null, "{interface}-rx-{queue}", IrqService.Rx, IrqNumbering.Queue, "intel/e1000e/netdev.c, igb_main.c, ixgbe_main.c"),
        new(null, "{interface}-tx-{queue}", IrqService.Tx, IrqNumbering.Queue, "intel/e1000e/netdev.c, igb_main.c, ixgbe_main.c"),
        new(null, "{interface}-unused", IrqService.Other, IrqNumbering.None, "intel/igb/igb_main.c igb_request_msix"),

        // The vector for link changes bears the interface's name alone: last, since a hyphen may be part of a name.
        new("igb", "{interface}", IrqService.Other, IrqNumbering.None, "intel/igb/igb_main.c igb_request_msix"),
        new("igc", "{interface}", IrqService.Other, IrqNumbering.None, "intel/igc/igc_main.c igc_request_msix"),
        new("ixgbe", "{interface}", IrqService.Other, IrqNumbering.None, "intel/ixgbe/ixgbe_main.c ixgbe_request_msix_irqs"),
        new("ixgbevf", "{interface}", IrqService.Other, IrqNumbering.None, "intel/ixgbevf/ixgbevf_main.c ixgbevf_request_msix_irqs"),
        new("e1000e", "{interface}", IrqService.Other, IrqNumbering.None, "intel/e1000e/netdev.c e1000_request_msix"),
    ];

    /// <summary>All forms, in the order in which they are tried.</summary>
    public static IReadOnlyList<IrqNameForm> Forms => All;

    /// <summary>Understands a name; null when no form fits.</summary>
    /// <param name="driver">Name of the interface's driver; null when it is not known, which tries the forms of all.</param>
    /// <param name="name">Name of a handler, as in /proc/interrupts.</param>
    public static IrqName? Parse(string? driver, string name)
    {
        foreach (IrqNameForm form in All)
        {
            if ((form.Driver is null || form.Driver == driver) && Match(form, name) is IrqName parsed)
            {
                return parsed;
            }
        }

        // A bare interface name says something only where the driver is known to use it so.
        foreach (IrqNameForm form in driver is null ? All : [])
        {
            if (form.Form != "{interface}" && Match(form, name) is IrqName parsed)
            {
                return parsed;
            }
        }

        return null;
    }

    private static IrqName? Match(IrqNameForm form, string name)
    {
        Captured captured = new();
        return Match(form.Form, name, captured)
            ? new IrqName(form, captured.Interface, captured.First, Math.Max(captured.First, captured.Last))
            : null;
    }

    // Backtracks over where an interface's name ends, since it may itself have hyphens; names are at most some dozens of characters.
    private static bool Match(ReadOnlySpan<char> form, ReadOnlySpan<char> name, Captured captured)
    {
        while (!form.IsEmpty && form[0] != '{')
        {
            if (name.IsEmpty || name[0] != form[0])
            {
                return false;
            }

            form = form[1..];
            name = name[1..];
        }

        if (form.IsEmpty)
        {
            return name.IsEmpty;
        }

        int close = form.IndexOf('}');
        ReadOnlySpan<char> token = form[1..close];
        bool isNumber = token is "queue" or "last";
        for (int length = Fits(token, name); length >= 1; length--)
        {
            ReadOnlySpan<char> part = name[..length];
            int number = -1;
            if (isNumber && (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number > HighestNumber))
            {
                continue;
            }

            if (Match(form[(close + 1)..], name[length..], captured))
            {
                captured.Keep(token, part, number);
                return true;
            }
        }

        return false;
    }

    private static int Fits(ReadOnlySpan<char> token, ReadOnlySpan<char> name)
    {
        // What dev_valid_name of net/core/dev.c allows in an interface's name.
        int end = token switch
        {
            "queue" or "last" => name.IndexOfAnyExceptInRange('0', '9'),
            "interface" => name.IndexOfAny(":/ \t"),
            _ => -1,
        };
        return end < 0 ? name.Length : end;
    }

    private sealed class Captured
    {
        public string? Interface { get; private set; }

        public int First { get; private set; } = -1;

        public int Last { get; private set; } = -1;

        public void Keep(ReadOnlySpan<char> token, ReadOnlySpan<char> part, int number)
        {
            switch (token)
            {
                case "interface":
                    Interface = part.ToString();
                    break;
                case "queue":
                    First = number;
                    break;
                case "last":
                    Last = number;
                    break;
            }
        }
    }
}
