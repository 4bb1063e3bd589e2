using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-NicCoalesce: changes how long interfaces wait before they interrupt.</summary>
/// <remarks>Adaptive mode and times are written in one call: i40e refuses times while the mode is on (field.md I4).</remarks>
[Cmdlet(VerbsCommon.Set, "NicCoalesce", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NicCoalesce))]
public sealed class SetNicCoalesceCommand : InterfaceChangeCmdlet
{
    private static readonly NicCoalesceSetting Setting = new();

    /// <summary>Microseconds from a received frame to the interrupt; left out, they stay as they are.</summary>
    [Parameter]
    [ValidateRange(0, 100000)]
    public int? RxMicroseconds { get; set; }

    /// <summary>Microseconds from a sent frame to the interrupt; left out, they stay as they are.</summary>
    [Parameter]
    [ValidateRange(0, 100000)]
    public int? TxMicroseconds { get; set; }

    /// <summary>Received frames that raise the interrupt earlier; left out, they stay as they are.</summary>
    [Parameter]
    [ValidateRange(0, 65536)]
    public int? RxFrames { get; set; }

    /// <summary>Sent frames that raise the interrupt earlier; left out, they stay as they are.</summary>
    [Parameter]
    [ValidateRange(0, 65536)]
    public int? TxFrames { get; set; }

    /// <summary>Whether the driver varies the receive times by load; left out, it stays as it is.</summary>
    [Parameter]
    public bool? AdaptiveRx { get; set; }

    /// <summary>Whether the driver varies the transmit times by load; left out, it stays as it is.</summary>
    [Parameter]
    public bool? AdaptiveTx { get; set; }

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        if (Make(isWildcard, Setting.Plan(
            Machine,
            name,
            ("AdaptiveRx", Field(AdaptiveRx)),
            ("AdaptiveTx", Field(AdaptiveTx)),
            ("RxMicroseconds", RxMicroseconds),
            ("TxMicroseconds", TxMicroseconds),
            ("RxFrames", RxFrames),
            ("TxFrames", TxFrames))) && PassThru)
        {
            Write(NicCoalesces.Get(Machine, name));
        }
    }
}
