using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>A feature (offload) of an interface.</summary>
public sealed class NicFeatureSetting : NicNamedSetting
{
    /// <inheritdoc/>
    public override string Kind => "NicFeature";

    /// <summary>Turning the filter off flushes the flow rules (field.md G7); turning it on again, which undoing does, brings them back.</summary>
    public override IEnumerable<SettingKey> Disturbs(Sensor sensor, string target) =>
        target.EndsWith("/rx-ntuple-filter", StringComparison.Ordinal) ? [new SettingKey("NicFlowRule", target[..target.IndexOf('/', StringComparison.Ordinal)])] : [];

    /// <inheritdoc/>
    protected override string Noun => "feature";

    /// <inheritdoc/>
    protected override Answer<(string Name, bool IsOn)[]> All(Sensor sensor, string interfaceName) =>
        EthtoolFeatures.Get(sensor.Ethtool, interfaceName).Select(features => Array.ConvertAll(features, feature => (feature.Name, feature.IsActive)));

    /// <inheritdoc/>
    protected override Refusal? Turn(Sensor sensor, string interfaceName, string name, bool isOn)
    {
        EthtoolFeature? before = Find(sensor, interfaceName, name);
        if (EthtoolFeatures.Set(sensor.Ethtool, interfaceName, name, isOn) is Refusal refusal)
        {
            return refusal;
        }

        if (before is not EthtoolFeature old || Find(sensor, interfaceName, name)?.IsActive != !isOn)
        {
            return null;
        }

        // The kernel took the wish and did not act on it: "on [requested off]". A wish left behind may come true later, so it is withdrawn.
        if (old.IsRequested != isOn)
        {
            _ = EthtoolFeatures.Set(sensor.Ethtool, interfaceName, name, old.IsRequested);
        }

        return new Refusal(Errno.EOPNOTSUPP, $"turn the feature '{name}' {(isOn ? "on" : "off")}", interfaceName)
        {
            Detail = "The driver, another feature or the device below does not let it change.",
        };
    }

    private static EthtoolFeature? Find(Sensor sensor, string interfaceName, string name) =>
        EthtoolFeatures.Get(sensor.Ethtool, interfaceName).Try(out EthtoolFeature[]? features)
            ? features.Cast<EthtoolFeature?>().FirstOrDefault(feature => feature!.Value.Name == name)
            : null;
}
