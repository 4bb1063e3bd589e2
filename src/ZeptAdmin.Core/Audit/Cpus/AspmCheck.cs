using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>B6: the card's slot does not sleep.</summary>
internal sealed class AspmCheck() : InterfaceCheck(
    "B6.Aspm",
    CheckCategory.Cpu,
    "no power saving on the link to the card",
    "A link that sleeps takes microseconds to wake, while the card's FIFO fills: 64 KiB are 52 microseconds at 10 Gbit/s. pcie_aspm=off on the command line only keeps the kernel from it, and may leave it as the firmware set it: on.",
    "field.md B6, D6; Documentation/ABI/testing/sysfs-bus-pci (link/)")
{
    private static readonly string[] States = ["l0s_aspm", "l1_aspm", "l1_1_aspm", "l1_2_aspm"];

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        FileTree files = subject.Sensor.Files;
        string link = $"/sys/class/net/{interfaceName}/device/link";
        string[] on = [.. States.Where(state => files.ReadInt32($"{link}/{state}") == 1)];

        // "default [performance] powersave powersupersave": the one in brackets is in force.
        string[] words = files.ReadText("/sys/module/pcie_aspm/parameters/policy")?.Split('[', ']') ?? [];
        string policy = words.Length == 3 ? words[1] : "unknown";
        if (on.Length > 0)
        {
            return Result(
                Warn, interfaceName, Expected, $"on: {string.Join(", ", on)} (policy {policy})",
                "Write performance to /sys/module/pcie_aspm/parameters/policy, or Set-KernelArgument pcie_aspm.policy=performance for the next boot.");
        }

        if (States.Any(state => files.Exists($"{link}/{state}")))
        {
            return Result(Pass, interfaceName, Expected, $"off (policy {policy})");
        }

        return subject.Nic(interfaceName).Try(out Nics.Nic? nic) && nic.PciAddress is null || subject.IsVirtualMachine
            ? Result(NotApplicable, interfaceName, Expected, subject.IsVirtualMachine ? "a virtual machine has no such link" : "it is no PCI device")
            : policy == "performance"
                ? Result(Pass, interfaceName, Expected, "policy performance")
                : Result(Unknown, interfaceName, Expected, $"the kernel does not tell (policy {policy}): the device has none, or the firmware keeps it to itself");
    }
}
