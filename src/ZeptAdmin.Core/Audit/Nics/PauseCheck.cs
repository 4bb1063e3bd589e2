using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I8: the port neither sends nor obeys pause frames.</summary>
internal sealed class PauseCheck() : InterfaceCheck(
    "I8.Pause",
    CheckCategory.Nic,
    "off in both directions",
    "A pause frame tells the switch to stop mirroring: packets are then lost there, where no counter of the sensor shows it.",
    "field.md I8")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicPause> answer = subject.Read(interfaceName, NicPauses.Get);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        NicPause pause = answer.Value;
        string remedy = $"Set-NicPause {Quote(interfaceName)} -Autoneg $false -Rx $false -Tx $false";
        return pause switch
        {
            { Tx: true } => Result(Fail, interfaceName, Expected, $"it sends pause frames{(pause.Rx ? " and obeys them" : "")}", remedy),
            { Rx: true } => Result(Warn, interfaceName, Expected, "it obeys pause frames", remedy),
            _ => Result(Pass, interfaceName, Expected, "off"),
        };
    }
}
