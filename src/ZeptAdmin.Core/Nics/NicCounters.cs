using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Nics;

/// <summary>Reads the counters of drivers.</summary>
public static class NicCounters
{
    /// <summary>All counters of one interface, in the driver's order.</summary>
    /// <exception cref="KernelFormatException">An answer cannot be understood.</exception>
    public static Answer<NicCounter[]> Get(Sensor sensor, string interfaceName)
    {
        Answer<EthtoolCounters> counters = EthtoolStatistics.Get(sensor.Ethtool, interfaceName);
        string? driver = counters.IsKnown ? EthtoolDriverInfo.NameOf(sensor.Ethtool, interfaceName) : null;
        return counters.Select(answer => Tell(interfaceName, driver, answer));
    }

    /// <summary>Tells the counters of a driver.</summary>
    internal static NicCounter[] Tell(string interfaceName, string? driver, EthtoolCounters counters)
    {
        string[] names = Array.ConvertAll(counters.Names, name => name.Trim());
        CounterTable table = CounterTable.For(driver, names);
        NicCounter[] told = new NicCounter[names.Length];
        int? headedQueue = null;
        CounterDirection headedDirection = CounterDirection.None;
        for (int i = 0; i < names.Length; i++)
        {
            CounterClass found = table.Find(names[i]);
            if (found.Meaning?.IsQueueHeading == true)
            {
                headedQueue = counters.Values[i] <= int.MaxValue ? (int)counters.Values[i] : null;
                headedDirection = found.Direction;
            }
            else if (headedQueue is not null && !IsIndented(counters.Names[i]))
            {
                // vmxnet3 indents what belongs to a queue; its counters of the whole card follow unindented.
                (headedQueue, headedDirection) = (null, CounterDirection.None);
            }

            told[i] = new NicCounter
            {
                InterfaceName = interfaceName,
                Name = names[i],
                Value = counters.Values[i],
                CanonicalName = found.Meaning?.CanonicalName,
                Layer = found.Meaning?.Layer ?? CounterLayer.Unknown,
                Direction = headedQueue is null ? found.Direction : headedDirection,
                Unit = found.Meaning?.Unit ?? CounterUnit.Unknown,
                IsLoss = found.Meaning?.IsLoss,
                Queue = found.Queue ?? headedQueue,
            };
        }

        return told;
    }

    private static bool IsIndented(string name) => name.StartsWith(' ');
}
