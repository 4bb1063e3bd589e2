using ZeptAdmin.Linux;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>B5: the card's memory is not looked up page by page.</summary>
internal sealed class IommuCheck() : InterfaceCheck(
    "B5.Iommu",
    CheckCategory.Cpu,
    "no IOMMU, or one that passes the card through",
    "With translation each buffer that the card writes has to be mapped and unmapped, for each packet. iommu=pt keeps the IOMMU, as Secure Boot and virtual functions want it, and takes that cost away from the kernel's own drivers.",
    "field.md B5, D4; Documentation/ABI/testing/sysfs-kernel-iommu_groups")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        FileTree files = subject.Sensor.Files;
        string device = $"/sys/class/net/{interfaceName}/device";
        if (!files.Exists(device))
        {
            return Result(NotApplicable, interfaceName, Expected, "it is no device of a bus");
        }

        if (files.ReadLink(device + "/iommu_group") is not string link)
        {
            // A capture that did not look there is no machine without.
            return subject.Sensor.IsLive || files.Exists("/sys/kernel/iommu_groups")
                ? Result(Pass, interfaceName, Expected, "no IOMMU stands before it")
                : Result(Unknown, interfaceName, Expected, "the snapshot does not tell");
        }

        string group = link[(link.LastIndexOf('/') + 1)..];
        return files.ReadText($"/sys/kernel/iommu_groups/{group}/type") switch
        {
            "identity" => Result(Pass, interfaceName, Expected, "passed through (identity)"),
            string type when type.StartsWith("DMA", StringComparison.Ordinal) => Result(
                Warn, interfaceName, Expected, $"translated ({type})", "Set-KernelArgument iommu=pt; it holds from the next boot on."),
            string type => Result(Unknown, interfaceName, Expected, $"the group's type is {type}"),
            null => Result(Unknown, interfaceName, Expected, "behind an IOMMU; the kernel does not tell its mode (before Linux 5.11)"),
        };
    }
}
