using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-NicPause: changes whether interfaces heed and send pause frames.</summary>
/// <remarks>Some cards negotiate the link anew, hence the high impact. A sensor must never slow the port that mirrors to it (field.md I8).</remarks>
[Cmdlet(VerbsCommon.Set, "NicPause", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NicPause))]
public sealed class SetNicPauseCommand : InterfaceChangeCmdlet
{
    /// <summary>Whether pause frames are negotiated; left out, it stays as it is.</summary>
    [Parameter]
    public bool? Autoneg { get; set; }

    /// <summary>Whether pause frames are heeded; left out, it stays as it is.</summary>
    [Parameter]
    public bool? Rx { get; set; }

    /// <summary>Whether pause frames are sent; left out, it stays as it is.</summary>
    [Parameter]
    public bool? Tx { get; set; }

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        if (Make(isWildcard, NicPauses.Plan(Machine, name, Autoneg, Rx, Tx)) && PassThru)
        {
            Write(NicPauses.Get(Machine, name));
        }
    }
}
