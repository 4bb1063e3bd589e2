using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I12: no options for a driver that does not know them.</summary>
internal sealed class ModuleOptionsCheck() : InterfaceCheck(
    "I12.ModuleOptions",
    CheckCategory.Nic,
    "no options of the vendor's driver for the kernel's own",
    "RSS, MQ, VMDQ, InterruptThrottleRate and LRO are options of Intel's own ixgbe. The kernel's driver ignores them, so who set them believes in settings that are not there.",
    "field.md I12; kernel/params.c: unknown parameter ignored")
{
    private const string Driver = "ixgbe";
    private static readonly string[] Folders = ["/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"];
    private static readonly string[] Vendors = ["MQ", "RSS", "VMDQ", "InterruptThrottleRate", "FCoE", "LRO", "vxlan_rx", "IntMode", "DCA", "FdirPballoc", "AtrSampleRate"];

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<Nic> answer = subject.Nic(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        Nic nic = answer.Value;
        if (nic.Driver != Driver)
        {
            return Result(NotApplicable, interfaceName, Expected, nic.Driver is null ? "the machine does not tell the driver" : $"the driver is {nic.Driver}");
        }

        foreach (string path in Folders.SelectMany(folder => subject.Sensor.Files.List(folder).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)).Select(name => $"{folder}/{name}")))
        {
            string[] options = [.. subject.Sensor.Files.ReadLines(path).Select(Words).Where(words => words is ["options", Driver, ..]).SelectMany(words => words.Skip(2)).Select(word => word.Split('=')[0])];
            string[] ignored = [.. options.Intersect(Vendors)];
            if (ignored.Length > 0 && nic.IsInTree == true)
            {
                return Result(Warn, interfaceName, Expected, $"{path} sets {Audit.Words.List(ignored)}, which this driver ignores", $"Take the line out of {path}; set channels, coalescing and features with the cmdlets.");
            }
        }

        return Result(Pass, interfaceName, Expected, nic.IsInTree == true ? "none" : "the driver is the vendor's, which knows them");
    }

    private static string[] Words(string line) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
