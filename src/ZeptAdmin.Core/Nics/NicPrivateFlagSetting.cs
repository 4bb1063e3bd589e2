using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>A private flag of a driver. Many reset the card (field.md G3), so what a reset forgets is looked after.</summary>
public sealed class NicPrivateFlagSetting : NicNamedSetting
{
    /// <inheritdoc/>
    public override string Kind => "NicPrivateFlag";

    /// <inheritdoc/>
    public override IEnumerable<SettingKey> Disturbs(Sensor sensor, string target) =>
        NicDisturbance.OfReset(sensor, target[..target.IndexOf('/', StringComparison.Ordinal)]);

    /// <inheritdoc/>
    protected override string Noun => "private flag";

    /// <inheritdoc/>
    protected override Answer<(string Name, bool IsOn)[]> All(Sensor sensor, string interfaceName) =>
        NicPrivateFlags.Get(sensor, interfaceName).Select(flags => Array.ConvertAll(flags, flag => (flag.Flag, flag.IsOn)));

    /// <inheritdoc/>
    protected override Refusal? Turn(Sensor sensor, string interfaceName, string name, bool isOn)
    {
        // The bit of a flag is its place among the names, which differs by driver and version, so it is looked up each time.
        Answer<uint> bits = EthtoolValues.GetPrivateFlags(sensor.Ethtool, interfaceName);
        Answer<string[]> names = EthtoolStrings.Get(sensor.Ethtool, interfaceName, EthtoolStringSet.ETH_SS_PRIV_FLAGS);
        if ((bits.Refusal ?? names.Refusal) is Refusal refusal)
        {
            return refusal;
        }

        uint bit = 1U << Array.IndexOf(names.Value, name);
        return EthtoolValues.SetPrivateFlags(sensor.Ethtool, interfaceName, isOn ? bits.Value | bit : bits.Value & ~bit);
    }
}
