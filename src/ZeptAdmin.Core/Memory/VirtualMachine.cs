using ZeptAdmin.Linux;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Memory;

/// <summary>Tells a virtual machine, whose firmware describes memory modules that do not exist.</summary>
internal static class VirtualMachine
{
    // Maker or product as /sys/class/dmi/id has it; readable for everybody. Makers who sell real machines too are listed by product.
    private static readonly string[] Makers = ["QEMU", "VMware", "innotek GmbH", "Xen", "Bochs", "Parallels", "OpenStack Foundation", "Nutanix", "oVirt"];
    private static readonly string[] Products = ["Virtual Machine", "VirtualBox", "KVM", "Google Compute Engine", "HVM domU", "Standard PC", "Alibaba Cloud ECS", "BHYVE"];

    /// <summary>What the machine runs on; null for a real one.</summary>
    public static string? Name(FileTree files)
    {
        string maker = files.ReadText("/sys/class/dmi/id/sys_vendor") ?? "";
        string product = files.ReadText("/sys/class/dmi/id/product_name") ?? "";
        if (Array.Find(Makers, name => maker.StartsWith(name, StringComparison.OrdinalIgnoreCase)) is string known)
        {
            return known;
        }

        // An Amazon or Google machine of real metal has the same maker; the processor tells (CPUID leaf 1, ECX bit 31).
        return Array.Find(Products, name => product.Contains(name, StringComparison.OrdinalIgnoreCase)) ?? (CpuIdentity.OfProcessor(files).IsVirtual == true ? "by its CPUID" : null);
    }
}
