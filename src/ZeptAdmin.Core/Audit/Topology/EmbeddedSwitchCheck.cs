using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A15: nobody else sits behind the capture port.</summary>
internal sealed class EmbeddedSwitchCheck() : InterfaceCheck(
    "A15.EmbeddedSwitch",
    CheckCategory.Topology,
    "no virtual functions, no multi-function mode",
    "Virtual functions share port, queues and slot with capture, and the switch inside the card sends them frames that the sensor then may not see. In multi-function mode (MFP) i40e refuses hash fields.",
    "field.md A15, H2")
{
    private const string MultiFunction = "MFP";

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<Nic> answer = subject.Nic(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        if (answer.Value.PciAddress is null || answer.Value.Kind == "virtio")
        {
            return Result(NotApplicable, interfaceName, Expected, "it is no function of a card");
        }

        if (subject.Flags(interfaceName).Try(out NicPrivateFlag[]? flags) && Array.Exists(flags, flag => flag is { Flag: MultiFunction, IsOn: true }))
        {
            return Result(Warn, interfaceName, Expected, "multi-function mode (MFP) is on", "Turn the partitioning of the card (NPAR, MFP) off in its option ROM.");
        }

        return answer.Value.SriovVfs switch
        {
            null => Result(Pass, interfaceName, Expected, "the card has no SR-IOV"),
            0 => Result(Pass, interfaceName, Expected, $"none of {answer.Value.SriovTotalVfs} virtual functions"),
            int functions => Result(
                Warn, interfaceName, Expected, Words.Count(functions, "virtual function"), $"echo 0 > /sys/class/net/{interfaceName}/device/sriov_numvfs, and take away what sets it at boot."),
        };
    }
}
