using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F8: the affinity outlives the next time the interface goes down and up.</summary>
internal sealed class AffinityStaysCheck() : IrqCheck(
    "F8.AffinityStays",
    "the driver keeps it, or something sets it again",
    "Most drivers ask for their interrupts anew when the interface comes up, and after a change of rings, channels or XDP program: a placement made by hand is gone then, and nobody is told.",
    "field.md F8, F10; LNX 4063af296762")
{
    // netif_set_affinity_auto (Linux 6.15) and the drivers that use it.
    private static readonly string[] Keeping = ["ice", "idpf"];
    private static readonly KernelVersion Since = new(6, 15);

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName, IrqAffinity[] irqs)
    {
        if (irqs.All(irq => irq.IsManaged == true))
        {
            return Result(Pass, interfaceName, Expected, "the kernel places them by itself (managed)");
        }

        // What may go anywhere was placed by nobody.
        CpuList online = subject.Topology.OnlineCpus;
        CpuList all = subject.IrqBalance.DefaultCpus?.Intersect(online) ?? online;
        if (irqs.All(irq => irq.RequestedCpus is null || all.IsSubsetOf(irq.RequestedCpus)))
        {
            return Result(NotApplicable, interfaceName, Expected, "nobody has placed its interrupts");
        }

        string driver = subject.Driver(interfaceName) ?? "the driver";
        if (Keeping.Contains(driver) && subject.Kernel >= Since)
        {
            return Result(Pass, interfaceName, Expected, $"{driver} keeps it on Linux {subject.Kernel}");
        }

        return Result(
            Warn, interfaceName, Expected, $"{driver} does not keep it when the link goes down and up",
            $"Run Set-IrqAffinity {Quote(interfaceName)} again at each ifup, from a networkd-dispatcher script or a unit bound to the device.");
    }
}
