using System.Collections.Frozen;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Drivers;

/// <summary>The facts of each driver that a sensor is likely to have.</summary>
/// <remarks>field.md section 7 and rows H2-H15, G1-G7, I1-I11. A driver that is not here is not unknown to the module: it has no surprises on record.</remarks>
public static class DriverTable
{
    private static readonly FrozenDictionary<string, DriverFacts> ByName = new DriverFacts[]
    {
        new("i40e", "field.md 7, G1, G6, H2, H4, H8, I1; drivers/net/ethernet/intel/i40e/i40e_ethtool.c")
        {
            KeyLength = 52,
            TableSizes = [512],
            KeySetting = KeySetting.Yes,
            Symmetry = SymmetryMethods.Key,
            Functions = ["toeplitz"],
            AtrFlag = "flow-director-atr",
            KeepsPauseNegotiation = true, // i40e_set_pauseparam
            FlowRules = FlowRuleLimit.SharedFieldsPerFlowType,
            RulesNeedNtuple = true,
            RingMinimum = 64,
            RingMultiple = 32,
            RingDefault = 512,
        },
        new("ice", "field.md 7, H6, H10, I1; drivers/net/ethernet/intel/ice/ice_ethtool.c")
        {
            KeyLength = 52,
            TableSizes = [64, 512, 2048],
            KeySetting = KeySetting.Yes,
            Symmetry = SymmetryMethods.Key | SymmetryMethods.SymmetricXor,
            TransformSince = new KernelVersion(6, 8),
            Functions = ["toeplitz"],
            KeepsPauseNegotiation = true, // ice_set_pauseparam
            FlowRules = FlowRuleLimit.Profiles,
            RingMinimum = 64,
            RingMultiple = 32,
            RingDefault = 2048,
            Unchecked = [nameof(DriverFacts.TableSizes), nameof(DriverFacts.FlowRules), nameof(DriverFacts.RingMinimum), nameof(DriverFacts.RingMultiple)],
        },
        new("ixgbe", "field.md 7, H2, H3, I12; drivers/net/ethernet/intel/ixgbe/ixgbe_ethtool.c")
        {
            KeyLength = 40,
            TableSizes = [128, 512],
            KeySetting = KeySetting.Yes,
            Symmetry = SymmetryMethods.Key,
            TcpFields = ["sdfn"],
            UdpFields = ["sd", "sdfn"],
            FlowRules = FlowRuleLimit.OneMask,
            RulesNeedNtuple = true,
            RxWaitModes = 1,
            RingMinimum = 64,
            RingMultiple = 8,
            RingDefault = 512,
            Unchecked = [nameof(DriverFacts.RulesNeedNtuple), nameof(DriverFacts.RingMultiple), nameof(DriverFacts.RingDefault)],
        },
        new("igb", "field.md 7, H4, H14; drivers/net/ethernet/intel/igb/igb_ethtool.c")
        {
            KeyLength = 40,
            TableSizes = [128],
            KeySetting = KeySetting.Recent,
            TakesKernelKey = true,
            Symmetry = SymmetryMethods.Key,
            TcpFields = ["sdfn"],
            UdpFields = ["sd", "sdfn"],
            FlowRules = FlowRuleLimit.EtherTypeToQueue,
            RxWaitModes = 3,
            RingMinimum = 80,
            RingMultiple = 8,
            RingDefault = 256,
            Unchecked = [nameof(DriverFacts.RingMinimum), nameof(DriverFacts.RingMultiple), nameof(DriverFacts.RingDefault)],
        },
        new("igc", "field.md H4; drivers/net/ethernet/intel/igc/igc_ethtool.c")
        {
            KeyLength = 40,
            TableSizes = [128],
            KeySetting = KeySetting.Recent,
            TakesKernelKey = true,
            Symmetry = SymmetryMethods.Key,
            TcpFields = ["sdfn"],
            UdpFields = ["sd", "sdfn"],
            FlowRules = FlowRuleLimit.Few,
            RxWaitModes = 3,
            Unchecked = [nameof(DriverFacts.KeyLength), nameof(DriverFacts.TableSizes), nameof(DriverFacts.TakesKernelKey), nameof(DriverFacts.TcpFields), nameof(DriverFacts.UdpFields), nameof(DriverFacts.FlowRules)],
        },
        new("e1000e", "drivers/net/ethernet/intel/e1000e/ethtool.c")
        {
            RxWaitModes = 4,
            Unchecked = [nameof(DriverFacts.Symmetry), nameof(DriverFacts.FlowRules)],
        },
        new("mlx5_core", "field.md 7, H10; drivers/net/ethernet/mellanox/mlx5/core/en/tir.c")
        {
            KeyLength = 40,
            KeySetting = KeySetting.Yes,
            Symmetry = SymmetryMethods.Key | SymmetryMethods.SymmetricOrXor | SymmetryMethods.AlwaysOn,
            TransformSince = new KernelVersion(6, 15),
            FlowRules = FlowRuleLimit.Free,
            Unchecked = [nameof(DriverFacts.KeyLength), nameof(DriverFacts.FlowRules)],
        },
        new("ena", "field.md H4, Q1 (amzn-drivers#24); drivers/net/ethernet/amazon/ena/ena_ethtool.c")
        {
            KeyLength = 40,
            TableSizes = [128],
            KeySetting = KeySetting.No,
            Symmetry = SymmetryMethods.None,
            FlowRules = FlowRuleLimit.None,
            Unchecked = [nameof(DriverFacts.KeyLength), nameof(DriverFacts.TableSizes), nameof(DriverFacts.FlowRules)],
        },
        // Only where the device offers it: some types of machines refuse ethtool -x (compute-virtual-ethernet-linux#69).
        new("gve", "field.md H4, Q1 (compute-virtual-ethernet-linux#55, #69); drivers/net/ethernet/google/gve/gve_adminq.c gve_adminq_configure_rss")
        {
            KeyLength = 40,
            TableSizes = [128],
            KeySetting = KeySetting.Yes,
            Symmetry = SymmetryMethods.Key,
            Unchecked = [nameof(DriverFacts.KeyLength), nameof(DriverFacts.TableSizes), nameof(DriverFacts.KeySetting), nameof(DriverFacts.Symmetry)],
        },
        new("virtio_net", "field.md H15; drivers/net/virtio_net.c")
        {
            KeyLength = 40,
            KeySetting = KeySetting.Yes,
            Symmetry = SymmetryMethods.Key,
            FlowRules = FlowRuleLimit.Unknown,
            Unchecked = [nameof(DriverFacts.KeySetting)],
        },
    }.ToFrozenDictionary(facts => facts.Driver, StringComparer.Ordinal);

    /// <summary>Names of the drivers with facts.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Facts of a driver; null when none are on record.</summary>
    public static DriverFacts? Find(string? driver) => driver is not null && ByName.TryGetValue(driver, out DriverFacts? facts) ? facts : null;
}
