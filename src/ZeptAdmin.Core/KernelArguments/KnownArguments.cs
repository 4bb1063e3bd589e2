using ZeptAdmin.Sensors;

namespace ZeptAdmin.KernelArguments;

/// <summary>Names of kernel arguments that matter to a sensor, or that are one letter away from one that does.</summary>
/// <remarks>Documentation/admin-guide/kernel-parameters.txt.</remarks>
internal static class KnownArguments
{
    /// <summary>Arguments whose value is a list of CPUs.</summary>
    public static readonly string[] CpuLists = ["isolcpus", "nohz_full", "rcu_nocbs", "irqaffinity", "kthread_cpus"];

    /// <summary>All of them.</summary>
    public static readonly string[] Names =
    [
        .. CpuLists,
        "acpi_irq_balance", "amd_iommu", "amd_pstate", "apparmor", "audit", "clocksource", "console", "cpuidle.governor", "cpuidle.off", "cpufreq.off", "crashkernel",
        "default_hugepagesz", "earlyprintk", "hugepages", "hugepagesz", "idle", "init", "initcall_debug", "intel_idle.max_cstate", "intel_iommu", "intel_pstate", "iommu", "iommu.passthrough",
        "iommu.strict", "ipv6.disable", "isolcpus", "kaslr", "loglevel", "lockdown", "lsm", "maxcpus", "mce", "mem", "mitigations", "net.ifnames", "biosdevname",
        "nmi_watchdog", "nohz", "nokaslr", "nomodeset", "noresume", "nosmt", "nosoftlockup", "nowatchdog", "nr_cpus", "numa", "numa_balancing", "page_poison", "panic",
        "pci", "pcie_aspm", "pcie_aspm.policy", "pcie_ports", "preempt", "processor.ignore_ppc", "processor.max_cstate", "processor.nocst", "psi", "quiet", "rcu_nocb_poll",
        "rcupdate.rcu_expedited", "resume", "ro", "root", "rootfstype", "rootflags", "rw", "security", "selinux", "skew_tick", "spectre_v2", "splash", "swiotlb", "systemd.unit",
        "threadirqs", "transparent_hugepage", "tsc", "tsx", "workqueue.unbound_cpus", "workqueue.power_efficient",
    ];

    private const int ShortestToGuess = 5;

    /// <summary>The known name that a name is a slip of the pen away from; null when it is known, or like none.</summary>
    public static string? MeantBy(string key)
    {
        if (key.Length < ShortestToGuess || Array.Exists(Names, name => KernelCommandLine.Key(name) == key))
        {
            return null;
        }

        return Names.Where(name => name.Length >= ShortestToGuess && Misspelling.Distance(key, KernelCommandLine.Key(name)) == 1).FirstOrDefault();
    }
}
