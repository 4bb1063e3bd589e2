using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Numbers of queues. A change gives the card new interrupts, a default indirection table and a default affinity (field.md I11, H8, F8).</summary>
public sealed class NicChannelSetting : NicFieldsSetting<EthtoolChannelParam>
{
    /// <inheritdoc/>
    public override string Kind => "NicChannel";

    /// <inheritdoc/>
    public override IEnumerable<SettingKey> Disturbs(Sensor sensor, string target) => NicDisturbance.OfReset(sensor, target);

    /// <summary>
    /// Writes the numbers. The kernel refuses to take away queues that a table names which somebody set (ethtool_get_max_rxfh_channel); a table that
    /// only spreads evenly, as igb's own does when it was written back, is nobody's choice and is given up for the driver's.
    /// </summary>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        Refusal? refusal = base.Write(sensor, target, value);
        long queues = (long)value["Rx"]! + (long)value["Combined"]!;
        if (refusal is not { Errno: Errno.EINVAL } || !EthtoolRss.Get(sensor.Ethtool, target).Try(out EthtoolRssSettings? rss)
            || rss.Indirection.Length == 0 || rss.Indirection.Max() < queues)
        {
            return refusal;
        }

        if (!IsEven(rss.Indirection))
        {
            return new Refusal(Errno.EINVAL, $"set the {Noun}", target)
            {
                Detail = string.Create(CultureInfo.InvariantCulture, $"The indirection table names queues up to {rss.Indirection.Max()}; Set-NicRss -Queue {queues} first."),
            };
        }

        return EthtoolRss.Set(sensor.Ethtool, target, new EthtoolRssChange([], null, null, null), rss) ?? base.Write(sensor, target, value);
    }

    /// <inheritdoc/>
    protected override string Noun => "numbers of channels";

    /// <inheritdoc/>
    protected override uint SetCommand => EthtoolCommands.ETHTOOL_SCHANNELS;

    /// <inheritdoc/>
    protected override (string Name, string Words, Field Field)[] Fields { get; } =
    [
        ("Rx", "the receive channels", static (ref EthtoolChannelParam channels) => ref channels.RxCount),
        ("Tx", "the transmit channels", static (ref EthtoolChannelParam channels) => ref channels.TxCount),
        ("Other", "the other channels", static (ref EthtoolChannelParam channels) => ref channels.OtherCount),
        ("Combined", "the combined channels", static (ref EthtoolChannelParam channels) => ref channels.CombinedCount),
    ];

    /// <inheritdoc/>
    /// <remarks>net/ethtool/ioctl.c, ethtool_set_channels.</remarks>
    protected override uint? Maximum(string field, in EthtoolChannelParam current) => field switch
    {
        "Rx" => current.MaxRx,
        "Tx" => current.MaxTx,
        "Combined" => current.MaxCombined,
        _ => null,
    };

    /// <inheritdoc/>
    protected override Answer<EthtoolChannelParam> ReadFields(IEthtoolChannel channel, string interfaceName) => EthtoolChannelCounts.Get(channel, interfaceName);

    // Blocks of entries for one queue after the other: how igb and others fill the table (igb_setup_mrqc).
    private static bool IsEven(uint[] table)
    {
        long queues = table.Max() + 1L;
        return !table.Where((queue, entry) => queue != entry * queues / table.Length).Any();
    }
}
