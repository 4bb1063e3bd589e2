using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads private flags.</summary>
public static class NicPrivateFlags
{
    // The kernel passes private flags as one number of 32 bits; what a driver names beyond cannot be read.
    private const int MostFlags = 32;

    /// <summary>Private flags of one interface, in the driver's order.</summary>
    /// <exception cref="KernelFormatException">The driver's answer contradicts itself.</exception>
    public static Answer<NicPrivateFlag[]> Get(Sensor sensor, string interfaceName)
    {
        Answer<string[]> named = EthtoolStrings.Get(sensor.Ethtool, interfaceName, EthtoolStringSet.ETH_SS_PRIV_FLAGS);
        if (!named.Try(out string[]? names))
        {
            return named.Refusal!;
        }

        Answer<uint> flags = EthtoolValues.GetPrivateFlags(sensor.Ethtool, interfaceName);
        return flags.Select(bits => names
            .Take(MostFlags)
            .Select((name, bit) => new NicPrivateFlag { InterfaceName = interfaceName, Flag = name, IsOn = (bits & (1U << bit)) != 0 })
            .Where(flag => flag.Flag.Length > 0)
            .ToArray());
    }
}
