using System.Globalization;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>E1: no CPU sleeps so deeply that the ring fills while it wakes.</summary>
/// <remarks>
/// The sources contradict each other: the talk wants C1, S1 found that C3 is needed for the highest turbo (R1). So there is no verdict on names,
/// only on what waking costs: C3 of Broadwell (40 us) passes, C6 (133 us) does not.
/// </remarks>
internal sealed class IdleStatesCheck() : Check(
    "E1.IdleStates",
    CheckCategory.Cpu,
    "While a CPU wakes, its ring fills: 512 descriptors last 34 microseconds at the highest rate of 10 Gbit/s, 376 at 900 bytes a packet. Deeper states cost more than the ring has; C1 alone costs the highest turbo, so the limit is on what waking takes.",
    "field.md E1, B2, A5, R1; Documentation/admin-guide/pm/cpuidle.rst")
{
    /// <summary>Most microseconds that waking may take.</summary>
    internal const int MostMicroseconds = 50;

    private static readonly string Expected = string.Create(CultureInfo.InvariantCulture, $"waking takes {MostMicroseconds} us at most");

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        Answer<CpuIdleState[]> answer = CpuIdleStates.Get(subject.Sensor);
        if (answer.Refusal is not null)
        {
            yield return Result(NotApplicable, Machine, Expected, subject.IsVirtualMachine ? "no idle states: the host chooses them" : "the kernel has no idle states");
            yield break;
        }

        CpuLatencyLimit[] limits = CpuLatencyLimits.Get(subject.Sensor);
        CpuIdleState[] reachable =
        [
            .. from state in answer.Value
               where state.IsEnabled != false && state.LatencyMicroseconds is not null
               where CpuLatencyLimits.Of(limits, state.Cpu) is not int limit || state.LatencyMicroseconds <= limit
               select state,
        ];
        CpuIdleState? deepest = reachable.MaxBy(state => state.LatencyMicroseconds);
        CpuIdleState[] slow = [.. reachable.Where(state => state.LatencyMicroseconds > MostMicroseconds)];
        if (slow.Length > 0)
        {
            yield return Result(
                Warn, Machine, Expected,
                string.Create(CultureInfo.InvariantCulture, $"{deepest!.Name} takes {deepest.LatencyMicroseconds} us; on CPUs {CpuList.Of(slow.Select(state => state.Cpu))}"),
                string.Create(CultureInfo.InvariantCulture, $"Start-CpuLatencyLimit {MostMicroseconds}"));
        }
        else
        {
            yield return Result(
                Pass, Machine, Expected,
                deepest is null ? "no idle state may be used" : string.Create(CultureInfo.InvariantCulture, $"{deepest.Name} is the deepest, {deepest.LatencyMicroseconds} us ({deepest.Driver})"));
        }
    }
}
