using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_stats</c> of linux/ethtool.h; values of 64 bits follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolStatsHead
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint Count;
#pragma warning restore CS1591, CA1051
}

/// <summary>Counters of a driver: names and values in the driver's order.</summary>
/// <param name="Names">Names as the driver gives them, white space at their start included.</param>
/// <param name="Values">Values; as many as names.</param>
public sealed record EthtoolCounters(string[] Names, ulong[] Values);

/// <summary>Reads the counters of a driver (<c>ETHTOOL_GSTATS</c>, with the names of <c>ETH_SS_STATS</c>).</summary>
public static class EthtoolStatistics
{
    // As in EthtoolStrings: kernels write as many values as the driver has at that moment.
    private const int Spare = 1024;

    /// <summary>All counters.</summary>
    /// <returns>The counters, none when the driver keeps none; EOPNOTSUPP when it has no such set.</returns>
    /// <exception cref="KernelFormatException">Names and values do not agree in three attempts, or a count is not to be believed.</exception>
    public static Answer<EthtoolCounters> Get(IEthtoolChannel channel, string interfaceName)
    {
        for (int attempt = 0; attempt < EthtoolRequest.Attempts; attempt++)
        {
            Answer<string[]> named = EthtoolStrings.Get(channel, interfaceName, EthtoolStringSet.ETH_SS_STATS);
            if (!named.Try(out string[]? names) || names.Length == 0)
            {
                return named.Select(_ => new EthtoolCounters([], []));
            }

            EthtoolStatsHead request = new() { Count = (uint)names.Length };
            byte[] buffer = EthtoolRequest.Buffer(request, EthtoolCommands.ETHTOOL_GSTATS, (names.Length + Spare) * sizeof(ulong));
            Errno errno = channel.Send(interfaceName, buffer);
            if (errno != Errno.None)
            {
                return EthtoolRequest.Refuse(errno, "read the counters", interfaceName);
            }

            if (EthtoolRequest.Head<EthtoolStatsHead>(buffer).Count == names.Length)
            {
                Span<byte> values = buffer.AsSpan(Unsafe.SizeOf<EthtoolStatsHead>(), names.Length * sizeof(ulong));
                return new EthtoolCounters(names, MemoryMarshal.Cast<byte, ulong>(values).ToArray());
            }
        }

        throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GSTATS, "the number of counters differs each time");
    }
}
