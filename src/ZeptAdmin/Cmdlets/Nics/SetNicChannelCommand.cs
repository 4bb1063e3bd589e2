using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-NicChannel: changes the numbers of queues of interfaces.</summary>
/// <remarks>The card gets new interrupts: the link goes down for a moment, and what the card forgets is put back as far as it still fits.</remarks>
[Cmdlet(VerbsCommon.Set, "NicChannel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NicChannel))]
public sealed class SetNicChannelCommand : InterfaceChangeCmdlet
{
    private static readonly NicChannelSetting Setting = new();

    /// <summary>Combined queues wanted; left out, they stay as they are.</summary>
    [Parameter]
    [ValidateRange(0, 65536)]
    public int? Combined { get; set; }

    /// <summary>Receive-only queues wanted; left out, they stay as they are.</summary>
    [Parameter]
    [ValidateRange(0, 65536)]
    public int? Rx { get; set; }

    /// <summary>Transmit-only queues wanted; left out, they stay as they are.</summary>
    [Parameter]
    [ValidateRange(0, 65536)]
    public int? Tx { get; set; }

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        if (Make(isWildcard, Setting.Plan(Machine, name, ("Combined", Combined), ("Rx", Rx), ("Tx", Tx))) && PassThru)
        {
            Write(NicChannels.Get(Machine, name));
        }
    }
}
