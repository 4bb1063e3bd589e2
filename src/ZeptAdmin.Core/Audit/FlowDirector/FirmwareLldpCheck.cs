using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>G3: the card's own LLDP agent is off.</summary>
internal sealed class FirmwareLldpCheck() : InterfaceCheck(
    "G3.FirmwareLldp",
    CheckCategory.FlowDirector,
    "the card's LLDP agent is off",
    "The agent in the firmware eats LLDP frames, so the sensor never sees them, and may set up traffic classes that a switch at the other end asks for.",
    "field.md G3")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicPrivateFlag[]> flags = subject.Flags(interfaceName);
        if (flags.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        // i40e and ice name it the opposite way.
        const string After = " # the port restarts";
        string name = Quote(interfaceName);
        return Array.Find(flags.Value, flag => flag.Flag is "disable-fw-lldp" or "fw-lldp-agent") switch
        {
            null => Result(NotApplicable, interfaceName, Expected, "the driver has no flag for it"),
            { Flag: "disable-fw-lldp", IsOn: true } => Result(Pass, interfaceName, Expected, "off (disable-fw-lldp is on)"),
            { Flag: "disable-fw-lldp" } => Result(Warn, interfaceName, Expected, "on (disable-fw-lldp is off)", $"Set-NicPrivateFlag {name} -Flag disable-fw-lldp -On{After}"),
            { IsOn: false } => Result(Pass, interfaceName, Expected, "off (fw-lldp-agent is off)"),
            _ => Result(Warn, interfaceName, Expected, "on (fw-lldp-agent is on)", $"Set-NicPrivateFlag {name} -Flag fw-lldp-agent -Off{After}"),
        };
    }
}
