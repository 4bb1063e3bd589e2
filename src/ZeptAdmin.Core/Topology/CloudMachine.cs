using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>Which cloud a machine is in (field.md Q1).</summary>
public static class CloudMachine
{
    /// <summary>Name of the cloud by what the firmware says; null when it is none that this module knows.</summary>
    /// <remarks>/sys/class/dmi/id. Amazon's machines under Xen name it in the version of their firmware only.</remarks>
    public static string? Of(FileTree files) =>
        files.ReadText("/sys/class/dmi/id/sys_vendor")?.Trim() switch
        {
            "Amazon EC2" => "AWS",
            "Google" => "GCE",
            "Xen" when files.ReadText("/sys/class/dmi/id/bios_version")?.Contains("amazon", StringComparison.OrdinalIgnoreCase) == true => "AWS",
            _ => null,
        };
}
