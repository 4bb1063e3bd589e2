using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Xdp;

namespace ZeptAdmin.Cmdlets;

/// <summary>Add-NicXdpFilter: has xdp-filter drop frames of ports or addresses before the kernel makes a packet of them.</summary>
/// <remarks>Attaching re-creates the rings of most drivers, hence the high impact; what it disturbs is put back.</remarks>
[Cmdlet(VerbsCommon.Add, "NicXdpFilter", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NicXdpFilter))]
public sealed class AddNicXdpFilterCommand : XdpFilterCmdlet
{
    /// <summary>Where the program runs: in the driver, or behind it.</summary>
    [Parameter]
    [ValidateSet("Native", "Generic")]
    public XdpMode Mode { get; set; } = XdpMode.Native;

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        if (Rules.Length == 0)
        {
            WriteError(new Refusal(Errno.EINVAL, "drop by XDP", name) { Detail = "Name what to drop: -Port or -Address." }.ToErrorRecord());
            return;
        }

        if (Mode == XdpMode.Native)
        {
            foreach (string advice in NicXdps.Advise(Machine, name))
            {
                Tell(advice, isWarning: true);
            }
        }

        TellOthers(name);
        if (MakeTogether(isWildcard, NicXdpFilters.Add(Machine, name, Mode, Rules)) && PassThru)
        {
            Write(NicXdpFilters.Get(Machine, name));
        }
    }
}
