using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F6: irqbalance leaves the capture interrupts alone.</summary>
internal sealed class IrqBalanceCheck() : Check(
    "F6.IrqBalance",
    CheckCategory.Interrupt,
    "irqbalance looks every ten seconds and moves interrupts by its own lights; the queue's cache stays behind, and the worker beside it is beside it no more. Its ban lists have had faults, so removing it is safest.",
    "field.md F6; irqbalance.1; Irqbalance#297, #202")
{
    private const string Expected = "not running, or told to leave the capture interrupts alone";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        IrqBalance balance = subject.IrqBalance;
        yield return balance.State switch
        {
            _ when !subject.Sensor.Files.Exists("/proc/irq") && balance.State == IrqBalanceState.NotInstalled =>
                Result(Unknown, Machine, Expected, "the machine shows neither interrupts nor irqbalance"),
            IrqBalanceState.NotInstalled => Result(Pass, Machine, Expected, "not installed"),
            IrqBalanceState.Running => Running(subject, balance),
            _ when balance.UnitState == UnitState.Enabled => Result(
                Warn, Machine, Expected, "stopped, but it starts again at boot", "systemctl disable --now irqbalance"),
            _ => Result(Pass, Machine, Expected, $"stopped, at boot {balance.UnitState.ToString().ToLowerInvariant()}"),
        };
    }

    private CheckResult Running(AuditSubject subject, IrqBalance balance)
    {
        if (balance.IsOneShot)
        {
            return Result(Warn, Machine, Expected, "runs once at each start", "systemctl disable --now irqbalance");
        }

        IrqAffinity[] capture = [.. subject.InterfaceNames.SelectMany(name => subject.RxIrqs(name).Try(out IrqAffinity[]? irqs) ? irqs : [])];
        IrqAffinity[] free = [.. capture.Where(irq => irq.IsManaged != true && !balance.BannedIrqs.Contains(irq.Irq) && !IsDriverBanned(subject, balance, irq))];
        if (capture.Length > 0 && free.Length == 0)
        {
            return Result(Pass, Machine, Expected, $"runs, leaves {Words.Count(capture.Length, "capture interrupt")} alone");
        }

        CpuList online = subject.Topology.OnlineCpus;
        string where = balance.BannedCpus is { IsEmpty: false } banned ? $", not on CPUs {banned}" : "";
        string remedy = subject.InterfaceNames.Length == 0
            ? "systemctl disable --now irqbalance"
            : $"Set-IrqAffinity {string.Join(", ", subject.InterfaceNames.Select(Quote))} -Strategy Local -FenceIrqBalance # or, surer: systemctl disable --now irqbalance";
        return Result(
            online.Count == 1 ? NotApplicable : Warn, Machine, Expected,
            online.Count == 1 ? "runs, and has nothing to move: one CPU" : capture.Length == 0 ? $"runs{where}" : $"runs and may move {Words.Count(free.Length, "capture interrupt")}{where}",
            remedy);
    }

    private static bool IsDriverBanned(AuditSubject subject, IrqBalance balance, IrqAffinity irq) =>
        irq.InterfaceName is string name && subject.Driver(name) is string driver && balance.BannedModules.Contains(driver);
}
