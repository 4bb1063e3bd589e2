namespace ZeptAdmin.Drivers;

/// <summary>Something that tuned sets and that belongs to a sensor's plan.</summary>
/// <param name="Plugin">Plugin of tuned that sets it.</param>
/// <param name="Name">Name of the setting, or its start when it ends with *; for the plugin sysfs, a path.</param>
/// <param name="Accepted">Value that the module would choose as well; null for none.</param>
/// <param name="What">What it is, in few words.</param>
/// <param name="Command">Command of this module that sets it, empty when there is none.</param>
public sealed record TunedOverlap(string Plugin, string Name, string? Accepted, string What, string Command);

/// <summary>Settings of tuned that a sensor's plan has, too: two that write the same undo each other.</summary>
/// <remarks>tuned/plugins/plugin_*.py of redhat-performance/tuned; docs/comparison.md has what its profiles did in a run.</remarks>
public static class TunedOverlaps
{
    private static readonly TunedOverlap[] Table =
    [
        new("scheduler", "isolated_cores", null, "interrupts and processes moved off isolated CPUs", "Set-IrqAffinity"),
        new("scheduler", "default_irq_smp_affinity", null, "CPUs for interrupts", "Set-IrqAffinity"),
        new("irq", "*", null, "CPUs for interrupts", "Set-IrqAffinity"),
        new("irqbalance", "banned_cpus", null, "the settings of irqbalance", "Set-IrqBalance"),
        new("bootloader", "cmdline*", null, "the kernel command line", "Set-KernelArgument"),
        new("systemd", "cpu_affinity", null, "CPUs of services", ""),
        new("cpu", "governor", "performance", "the frequency governor", "Set-CpuFrequencyPolicy"),
        new("cpu", "energy_performance_preference", "performance", "the energy preference", "Set-CpuFrequencyPolicy"),
        new("cpu", "no_turbo", "0", "turbo", "Set-CpuFrequencyPolicy"),
        new("cpu", "max_perf_pct", "100", "the highest frequency", "Set-CpuFrequencyPolicy"),
        new("cpu", "force_latency", null, "the limit of wake-up latency", "Start-CpuLatencyLimit"),
        new("cpu", "pm_qos_resume_latency_us", null, "limits of wake-up latency of CPUs", "Start-CpuLatencyLimit"),
        new("net", "coalesce", null, "interrupt moderation", "Set-NicCoalesce"),
        new("net", "features", null, "offloads", "Set-NicFeature"),
        new("net", "pause", null, "pause frames", "Set-NicPause"),
        new("net", "ring", null, "ring depths", "Set-NicRing"),
        new("net", "channels", null, "numbers of queues", "Set-NicChannel"),
        new("sysctl", "net.core.netdev_budget*", null, "the softirq's budget", "Set-NetBudget"),
        new("sysctl", "net.core.dev_weight*", null, "packets a poll", "Set-NetBudget"),
        new("sysfs", "/sys/bus/workqueue/*", null, "CPUs of kernel work", "Set-CpuHousekeeping"),
        new("sysfs", "/sys/devices/virtual/workqueue/*", null, "CPUs of kernel work", "Set-CpuHousekeeping"),
        new("sysfs", "/sys/devices/system/machinecheck/*", null, "reports of memory errors", ""),
        new("sysfs", "/sys/class/net/*", null, "the interface", ""),
    ];

    /// <summary>What a setting of tuned has in common with a sensor's plan; null when nothing, or when the module would choose the same value.</summary>
    /// <param name="plugin">Plugin of tuned.</param>
    /// <param name="name">Name of the setting.</param>
    /// <param name="value">Value as the profile has it.</param>
    public static TunedOverlap? Find(string plugin, string name, string value) => Array.Find(
        Table,
        row => row.Plugin == plugin
            && (row.Name.EndsWith('*') ? name.StartsWith(row.Name[..^1], StringComparison.Ordinal) : row.Name == name)
            && !string.Equals(row.Accepted, value, StringComparison.OrdinalIgnoreCase));
}
