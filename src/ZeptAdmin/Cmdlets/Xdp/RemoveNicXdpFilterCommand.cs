using System.Management.Automation;
using ZeptAdmin.Xdp;

namespace ZeptAdmin.Cmdlets;

/// <summary>Remove-NicXdpFilter: takes rules of xdp-filter away, or xdp-filter itself from an interface.</summary>
[Cmdlet(VerbsCommon.Remove, "NicXdpFilter", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NicXdpFilter))]
public sealed class RemoveNicXdpFilterCommand : XdpFilterCmdlet
{
    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        if (Rules.Length > 0)
        {
            TellOthers(name);
        }

        if (MakeTogether(isWildcard, NicXdpFilters.Remove(Machine, name, Rules)) && PassThru)
        {
            Write(NicXdpFilters.Get(Machine, name));
        }
    }
}
