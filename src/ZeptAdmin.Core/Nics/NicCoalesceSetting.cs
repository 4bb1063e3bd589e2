using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Interrupt coalescing: adaptive mode and times go in one call, since i40e refuses times while the mode is on (field.md I4).</summary>
public sealed class NicCoalesceSetting : NicFieldsSetting<EthtoolCoalesceParam>
{
    private static readonly (string Mode, string Time)[] Directions = [("AdaptiveRx", "RxMicroseconds"), ("AdaptiveTx", "TxMicroseconds")];

    /// <inheritdoc/>
    public override string Kind => "NicCoalesce";

    /// <summary>Writes the value; times that are to hold together with adaptive mode go first, without it (i40e_ethtool.c, __i40e_set_coalesce).</summary>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Answer<JToken> now = Read(sensor, target);
        JToken times = value.DeepClone();
        bool needsTwoSteps = false;
        foreach ((string mode, string time) in Directions)
        {
            if (now.IsKnown && (uint)value[mode]! != 0 && !JToken.DeepEquals(now.Value[time], value[time]))
            {
                times[mode] = 0;
                needsTwoSteps = true;
            }
        }

        return needsTwoSteps && base.Write(sensor, target, times) is Refusal refusal ? refusal : base.Write(sensor, target, value);
    }

    /// <inheritdoc/>
    protected override string Noun => "interrupt coalescing";

    /// <inheritdoc/>
    protected override uint SetCommand => EthtoolCommands.ETHTOOL_SCOALESCE;

    /// <inheritdoc/>
    protected override (string Name, string Words, Field Field)[] Fields { get; } =
    [
        ("AdaptiveRx", "adaptive receive coalescing", static (ref EthtoolCoalesceParam coalesce) => ref coalesce.UseAdaptiveRxCoalesce),
        ("AdaptiveTx", "adaptive transmit coalescing", static (ref EthtoolCoalesceParam coalesce) => ref coalesce.UseAdaptiveTxCoalesce),
        ("RxMicroseconds", "the receive microseconds", static (ref EthtoolCoalesceParam coalesce) => ref coalesce.RxCoalesceUsecs),
        ("RxFrames", "the receive frames", static (ref EthtoolCoalesceParam coalesce) => ref coalesce.RxMaxCoalescedFrames),
        ("TxMicroseconds", "the transmit microseconds", static (ref EthtoolCoalesceParam coalesce) => ref coalesce.TxCoalesceUsecs),
        ("TxFrames", "the transmit frames", static (ref EthtoolCoalesceParam coalesce) => ref coalesce.TxMaxCoalescedFrames),
        ("RxMicrosecondsHigh", "the receive microseconds at a high rate", static (ref EthtoolCoalesceParam coalesce) => ref coalesce.RxCoalesceUsecsHigh),
    ];

    /// <inheritdoc/>
    protected override Answer<EthtoolCoalesceParam> ReadFields(IEthtoolChannel channel, string interfaceName) => EthtoolCoalesce.Get(channel, interfaceName);
}
