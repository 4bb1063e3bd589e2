using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Descriptor ring depths. Most drivers take the port down to change them, and may forget the indirection table and the affinity.</summary>
public sealed class NicRingSetting : NicFieldsSetting<EthtoolRingParam>
{
    /// <inheritdoc/>
    public override string Kind => "NicRing";

    /// <inheritdoc/>
    public override IEnumerable<SettingKey> Disturbs(Sensor sensor, string target) => NicDisturbance.OfReset(sensor, target);

    /// <inheritdoc/>
    protected override string Noun => "ring depths";

    /// <inheritdoc/>
    protected override uint SetCommand => EthtoolCommands.ETHTOOL_SRINGPARAM;

    /// <inheritdoc/>
    protected override (string Name, string Words, Field Field)[] Fields { get; } =
    [
        ("Rx", "the receive ring", static (ref EthtoolRingParam ring) => ref ring.RxPending),
        ("RxMini", "the mini ring", static (ref EthtoolRingParam ring) => ref ring.RxMiniPending),
        ("RxJumbo", "the jumbo ring", static (ref EthtoolRingParam ring) => ref ring.RxJumboPending),
        ("Tx", "the transmit ring", static (ref EthtoolRingParam ring) => ref ring.TxPending),
    ];

    /// <inheritdoc/>
    /// <remarks>net/ethtool/ioctl.c, ethtool_set_ringparam.</remarks>
    protected override uint? Maximum(string field, in EthtoolRingParam current) => field switch
    {
        "Rx" => current.RxMaxPending,
        "Tx" => current.TxMaxPending,
        _ => null,
    };

    /// <inheritdoc/>
    protected override Answer<EthtoolRingParam> ReadFields(IEthtoolChannel channel, string interfaceName) => EthtoolRings.Get(channel, interfaceName);
}
