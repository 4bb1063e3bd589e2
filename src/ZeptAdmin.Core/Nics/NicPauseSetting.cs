using ZeptAdmin.Linux;

namespace ZeptAdmin.Nics;

/// <summary>Pause frames. Some cards negotiate the link anew for it (field.md I8).</summary>
public sealed class NicPauseSetting : NicFieldsSetting<EthtoolPauseParam>
{
    /// <inheritdoc/>
    public override string Kind => "NicPause";

    /// <inheritdoc/>
    protected override string Noun => "pause frames";

    /// <inheritdoc/>
    protected override uint SetCommand => EthtoolCommands.ETHTOOL_SPAUSEPARAM;

    /// <inheritdoc/>
    protected override (string Name, string Words, Field Field)[] Fields { get; } =
    [
        ("Autoneg", "the negotiation of pause frames", static (ref EthtoolPauseParam pause) => ref pause.Autoneg),
        ("Rx", "the receipt of pause frames", static (ref EthtoolPauseParam pause) => ref pause.RxPause),
        ("Tx", "the sending of pause frames", static (ref EthtoolPauseParam pause) => ref pause.TxPause),
    ];

    /// <inheritdoc/>
    protected override Answer<EthtoolPauseParam> ReadFields(IEthtoolChannel channel, string interfaceName) => EthtoolPause.Get(channel, interfaceName);
}
