using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A14: the driver is the kernel's own.</summary>
internal sealed class DriverCheck() : InterfaceCheck(
    "A14.Driver",
    CheckCategory.Topology,
    "the driver of the kernel's own tree",
    "Vendors' drivers lag behind the kernel, miss what it has learned (symmetric-xor, affinity that stays) and break at its updates. They have caught up with XDP, so this is no failure.",
    "field.md A14, N2; taint flag O of /sys/module")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<Nic> answer = subject.Nic(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        Nic nic = answer.Value;
        string version = nic.DriverVersion is null ? "" : $" {nic.DriverVersion}";
        return nic switch
        {
            { Driver: null } => Result(Unknown, interfaceName, Expected, "the machine does not tell the driver"),
            { IsInTree: true } => Result(Pass, interfaceName, Expected, $"{nic.Driver}{version}"),
            { IsInTree: false } => Result(
                Warn, interfaceName, Expected, $"{nic.Driver}{version} is not the kernel's own", $"Remove the vendor's package of {nic.Driver}, rebuild the initial RAM disk and start the kernel's own module."),
            _ => Result(Unknown, interfaceName, Expected, $"{nic.Driver}{version}; the machine does not tell where it is from"),
        };
    }
}
