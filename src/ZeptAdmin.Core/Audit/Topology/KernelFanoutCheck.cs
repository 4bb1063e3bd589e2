using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A16: the kernel's fanout hash is symmetric.</summary>
internal sealed class KernelFanoutCheck() : Check(
    "A16.KernelFanout",
    CheckCategory.Topology,
    "FANOUT_HASH of kernels after 4.2 sent the two directions of a connection to different workers until 4.4.16, 4.6.5 and 4.7.",
    "field.md A16; LNX eb70db875671")
{
    private const string Expected = "up to 4.2, 4.4.16 or later of 4.4, or from 4.6.5";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        yield return subject.Kernel switch
        {
            null => Result(Unknown, Machine, Expected, "the machine does not tell its kernel"),
            KernelVersion kernel when IsBroken(kernel) => Result(
                Fail, Machine, Expected, $"Linux {kernel}", "Update the kernel; until then use FANOUT_QM (cluster_qm) with a symmetric hash of the card."),
            KernelVersion kernel => Result(Pass, Machine, Expected, $"Linux {kernel}"),
        };
    }

    private static bool IsBroken(KernelVersion kernel) =>
        kernel >= new KernelVersion(4, 3)
        && kernel < new KernelVersion(4, 6, 5)
        && !(kernel >= new KernelVersion(4, 4, 16) && kernel < new KernelVersion(4, 5));
}
