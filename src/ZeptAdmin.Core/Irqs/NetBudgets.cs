using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>Reads and plans the limits of softirq rounds.</summary>
public static class NetBudgets
{
    /// <summary>Packets a round that a sensor should allow (field.md F11).</summary>
    internal const int LeastPackets = 600;

    /// <summary>Microseconds a round that a sensor should allow: the floor of 2 jiffies at 500 Hz (field.md F11).</summary>
    internal const int LeastMicroseconds = 4000;

    private static readonly NetBudgetSetting Setting = new();

    /// <summary>The limits in force.</summary>
    public static NetBudget Get(Sensor sensor)
    {
        NetBudget budget = new()
        {
            Packets = sensor.Files.ReadInt32("/proc/sys/net/core/netdev_budget"),
            Microseconds = sensor.Files.ReadInt32("/proc/sys/net/core/netdev_budget_usecs"),
            Weight = sensor.Files.ReadInt32("/proc/sys/net/core/dev_weight"),
        };
        return budget with { Advice = SoftnetStats.Get(sensor).Try(out SoftnetStat[]? stats) ? Advise(budget, stats) : null };
    }

    /// <summary>Arguments of Set-NetBudget that bring limits that are too low to what a sensor should allow.</summary>
    internal static string Arguments(NetBudget budget) => string.Create(
        CultureInfo.InvariantCulture,
        $"-Packets {Math.Max(LeastPackets, budget.Packets ?? 0)}{(budget.Microseconds is int now ? $" -Microseconds {Math.Max(LeastMicroseconds, now)}" : "")}");

    internal static string Advise(NetBudget budget, SoftnetStat[] stats)
    {
        long ended = stats.Sum(stat => (long)stat.TimeSqueeze);
        if (ended == 0)
        {
            return "No CPU has ended a round early since boot: neither limit is too low for what came.";
        }

        // The kernel does not say which limit ended a round, so the other one may be the reason.
        SoftnetStat most = stats.MaxBy(stat => stat.TimeSqueeze)!;
        string told = string.Create(CultureInfo.InvariantCulture, $"{ended} rounds ended early since boot, most on CPU {most.Cpu} ({most.TimeSqueeze}); Get-SoftnetStat -Interval 10 shows whether it goes on. ");
        return told + (budget.Packets < LeastPackets || budget.Microseconds < LeastMicroseconds
            ? $"Raise both limits, since the first that is reached counts: Set-NetBudget {Arguments(budget)}"
            : "Both limits are wide: the CPU has too much to do, so give the card more queues, or its interrupts other CPUs.");
    }

    /// <summary>The changes that bring the limits to what is wanted; null leaves one as it is.</summary>
    public static Answer<PlannedChange>[] Plan(Sensor sensor, int? packets, int? microseconds, int? weight)
    {
        (string Name, int? Wanted)[] limits = [("netdev_budget", packets), ("netdev_budget_usecs", microseconds), ("dev_weight", weight)];
        return
        [
            .. from limit in limits
               where limit.Wanted is not null
               select Setting.Read(sensor, limit.Name).Select(before => new PlannedChange(Setting, limit.Name, before, new JValue($"{limit.Wanted}"))),
        ];
    }
}
