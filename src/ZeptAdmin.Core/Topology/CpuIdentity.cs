using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>Who made the CPU, and whether a hypervisor stands between.</summary>
/// <param name="Vendor">As the CPU names itself; null when the kernel does not say.</param>
/// <param name="Model">Model name; null when the kernel does not say.</param>
/// <param name="Family">x86 family number.</param>
/// <param name="ModelNumber">x86 model number.</param>
/// <param name="IsVirtual">True under a hypervisor; null when the kernel does not say.</param>
internal sealed record CpuIdentity(string? Vendor, string? Model, int? Family, int? ModelNumber, bool? IsVirtual)
{
    // Enough for the first CPU with all its flags, on every architecture.
    private const int StartOfCpuinfo = 8192;

    private static readonly string[] HypervisorVendors =
        ["QEMU", "KVM", "Xen", "VMware, Inc.", "innotek GmbH", "Parallels Software International Inc.", "Google", "Amazon EC2", "OpenStack Foundation"];

    /// <summary>AMD families 15h and 16h (Bulldozer, Jaguar), whose compute units join two cores.</summary>
    public bool HasComputeUnits => Vendor == "AuthenticAMD" && Family is 21 or 22;

    /// <summary>Reads the start of /proc/cpuinfo, and what else tells a hypervisor.</summary>
    public static CpuIdentity Read(FileTree files)
    {
        CpuIdentity identity = OfProcessor(files);
        if (identity.IsVirtual == true)
        {
            return identity;
        }

        bool isGuest = files.ReadText("/sys/hypervisor/type") is { Length: > 0 }
            || files.Exists("/proc/device-tree/hypervisor")
            || (files.ReadText("/sys/class/dmi/id/sys_vendor") is string maker && HypervisorVendors.Contains(maker.Trim()));
        return isGuest ? identity with { IsVirtual = true } : identity;
    }

    /// <summary>What the first CPU tells of itself; of hypervisors, its flag alone.</summary>
    public static CpuIdentity OfProcessor(FileTree files)
    {
        FileAnswer answer = files.ReadStart("/proc/cpuinfo", StartOfCpuinfo);
        return Parse(answer.IsKnown ? Encoding.UTF8.GetString(answer.Bytes.Span) : "");
    }

    /// <summary>Reads the first CPU of /proc/cpuinfo (arch/*/kernel/cpu/proc.c, setup.c, cpuinfo.c).</summary>
    public static CpuIdentity Parse(string text)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                // The first CPU is at the start; machine-wide lines come first or last.
                _ = values.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
            }
        }

        bool? isVirtual = values.GetValueOrDefault("flags") is string flags ? flags.Split(' ').Contains("hypervisor") : null;
        string? vendor = First(values, "vendor_id", "vendor") ?? ArmVendor(values.GetValueOrDefault("CPU implementer"));
        string? model = First(values, "model name", "Processor", "uarch", "cpu", "family", "cpu model");
        return new CpuIdentity(vendor, model, Number(values, "cpu family"), Number(values, "model"), isVirtual);
    }

    private static string? First(Dictionary<string, string> values, params string[] keys) =>
        keys.Select(values.GetValueOrDefault).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    private static int? Number(Dictionary<string, string> values, string key) =>
        int.TryParse(values.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    // Implementer codes: Arm Architecture Reference Manual, MIDR_EL1; arch/arm64/include/asm/cputype.h.
    private static string? ArmVendor(string? implementer) => implementer switch
    {
        null => null,
        "0x41" => "ARM",
        "0x42" => "Broadcom",
        "0x43" => "Cavium",
        "0x46" => "Fujitsu",
        "0x48" => "HiSilicon",
        "0x4e" => "NVIDIA",
        "0x50" => "APM",
        "0x51" => "Qualcomm",
        "0x61" => "Apple",
        "0x6d" => "Microsoft",
        "0xc0" => "Ampere",
        _ => implementer,
    };
}
