using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>G4: the card drops no frames because of their source address.</summary>
internal sealed class SourcePruningCheck() : InterfaceCheck(
    "G4.SourcePruning",
    CheckCategory.FlowDirector,
    "off, where virtual functions share the port",
    "Source pruning drops frames that carry an address of the card's own. On a mirror port there are none, unless virtual machines or functions behind the card send what is mirrored back.",
    "field.md G4")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        const string Flag = "disable-source-pruning";
        Answer<NicPrivateFlag[]> flags = subject.Flags(interfaceName);
        if (flags.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        int functions = subject.Nic(interfaceName).Try(out Nic? nic) ? nic.SriovVfs ?? 0 : 0;
        return Array.Find(flags.Value, flag => flag.Flag == Flag) switch
        {
            null => Result(NotApplicable, interfaceName, Expected, "the driver has no flag for it"),
            { IsOn: true } => Result(Pass, interfaceName, Expected, $"off ({Flag} is on)"),
            _ when functions == 0 => Result(Pass, interfaceName, Expected, "on, and no virtual functions that it could concern"),
            _ => Result(Warn, interfaceName, Expected, $"on beside {Words.Count(functions, "virtual function")}", $"Set-NicPrivateFlag {Quote(interfaceName)} -Flag {Flag} -On"),
        };
    }
}
