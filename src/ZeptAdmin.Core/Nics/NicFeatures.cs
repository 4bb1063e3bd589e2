using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads features.</summary>
public static class NicFeatures
{
    /// <summary>Features of one interface, in the kernel's order.</summary>
    /// <exception cref="KernelFormatException">The driver's answer contradicts itself.</exception>
    public static Answer<NicFeature[]> Get(Sensor sensor, string interfaceName) =>
        EthtoolFeatures.Get(sensor.Ethtool, interfaceName).Select(features => Array.ConvertAll(features, feature => new NicFeature
        {
            InterfaceName = interfaceName,
            Feature = feature.Name,
            IsOn = feature.IsActive,
            IsFixed = !feature.IsAvailable || feature.NeverChanges,
            IsRequested = feature.IsRequested,
        }));
}
