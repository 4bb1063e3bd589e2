using System.Management.Automation;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-NicRing: changes the descriptor ring depths of interfaces.</summary>
/// <remarks>Most drivers take the link down for a moment, hence the high impact.</remarks>
[Cmdlet(VerbsCommon.Set, "NicRing", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "Depth")]
[OutputType(typeof(NicRing))]
public sealed class SetNicRingCommand : InterfaceChangeCmdlet
{
    private static readonly NicRingSetting Setting = new();

    /// <summary>Receive descriptors wanted; left out, the receive ring stays as it is.</summary>
    [Parameter(ParameterSetName = "Depth")]
    [ValidateRange(1, 65536)]
    public int? Rx { get; set; }

    /// <summary>Transmit descriptors wanted; left out, the transmit ring stays as it is.</summary>
    [Parameter(ParameterSetName = "Depth")]
    [ValidateRange(1, 65536)]
    public int? Tx { get; set; }

    /// <summary>Packets a second that one queue has to hold: the receive ring becomes deep enough, and no deeper.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Rate")]
    [ValidateRange(1, 1000000000)]
    public long ForRate { get; set; }

    /// <summary>Microseconds from a frame to the interrupt; left out, those that the card is set to.</summary>
    [Parameter(ParameterSetName = "Rate")]
    [ValidateRange(1, 100000)]
    public int? InterruptMicroseconds { get; set; }

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        long? wanted = Rx;
        if (ParameterSetName == "Rate")
        {
            Answer<NicRing> ring = NicRings.Get(Machine, name);
            Answer<double> wait = InterruptMicroseconds is int given ? given : NicCoalesces.Get(Machine, name).Select(coalesce => (double)coalesce.RxMicroseconds);
            if ((ring.Refusal ?? wait.Refusal) is Refusal refusal)
            {
                Report(refusal, isWildcard);
                return;
            }

            wanted = RingForRate.Descriptors(ring.Value, ForRate, wait.Value);
        }

        if (Make(isWildcard, Setting.Plan(Machine, name, ("Rx", wanted), ("Tx", Tx))) && PassThru)
        {
            Write(NicRings.Get(Machine, name));
        }
    }
}
