using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>F7: RPS is off where the card has several queues.</summary>
internal sealed class RpsCheck() : InterfaceCheck(
    "F7.Rps",
    CheckCategory.Interrupt,
    "off where the card spreads by itself",
    "RPS hands each packet to another CPU by an interrupt between CPUs and a backlog that can overflow. It is for cards with one queue; behind a card that spreads it only adds the way.",
    "field.md F7, K9; Documentation/networking/scaling.rst")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        QueueCpus queues = new(subject.Sensor.Files, interfaceName);
        CpuList?[] masks = [.. Enumerable.Range(0, queues.RxCount).Select(queues.Rps)];
        if (masks.All(mask => mask is null))
        {
            return Result(Unknown, interfaceName, Expected, "rps_cpus of its queues cannot be read");
        }

        CpuList on = masks.OfType<CpuList>().Aggregate(CpuList.Empty, (all, mask) => all.Union(mask));
        bool isOne = subject.Queues(interfaceName) is 1 or null;
        return on switch
        {
            { IsEmpty: true } when isOne => Result(Pass, interfaceName, Expected, "off; one CPU does the work of the one queue"),
            { IsEmpty: true } => Result(Pass, interfaceName, Expected, "off"),
            _ when isOne => Result(Pass, interfaceName, Expected, $"on, one queue to CPUs {on}"),
            _ => Result(
                Warn, interfaceName, Expected, $"on beside {Words.Count(queues.RxCount, "queue")}, to CPUs {on}",
                $"echo 0 | tee /sys/class/net/{interfaceName}/queues/rx-*/rps_cpus, and take away what sets it at boot."),
        };
    }
}
