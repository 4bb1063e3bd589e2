using ZeptAdmin.Linux;
using ZeptAdmin.Xdp;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>N1: a program of XDP runs in the driver, not behind it.</summary>
internal sealed class XdpModeCheck() : InterfaceCheck(
    "N1.XdpMode",
    CheckCategory.Nic,
    "no XDP program, or one in native mode or on the card",
    "A generic program gets each frame when the kernel has made an skb of it already, and costs more than it saves. In native mode it drops a frame in the driver.",
    "field.md N1, N7")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicXdp[]> answer = subject.Read<Answer<NicXdp[]>>(interfaceName, NicXdps.Get);
        if (!answer.Try(out NicXdp[]? programs))
        {
            // Snapshots of before were not asked for it, and hardly a sensor has a program: that is no gap to tell of at each of its ports.
            return answer.Refusal is { Errno: Errno.ENODATA }
                ? Result(NotApplicable, interfaceName, Expected, "the snapshot was taken without this")
                : Result(answer.Refusal!, interfaceName, Expected);
        }

        NicXdp? generic = Array.Find(programs, program => program.Mode == XdpMode.Generic);
        return programs is [{ Mode: XdpMode.None }] ? Result(NotApplicable, interfaceName, Expected, "no XDP program")
            : generic is null ? Result(Pass, interfaceName, Expected, string.Join(", ", programs.Select(program => $"{program.ProgramName ?? $"program {program.ProgramId}"} in {Where(program.Mode)}")))
            : Result(
                Warn, interfaceName, Expected, $"{generic.ProgramName ?? $"program {generic.ProgramId}"} runs in generic mode",
                generic.IsFilter
                    ? $"Remove-NicXdpFilter {Quote(interfaceName)}; then Add-NicXdpFilter {Quote(interfaceName)} with the rules again, in native mode"
                    : $"Get-NicXdp {Quote(interfaceName)} # then load it in native mode, by the program that loaded it");
    }

    private static string Where(XdpMode mode) => mode == XdpMode.Native ? "the driver" : "the card";
}
