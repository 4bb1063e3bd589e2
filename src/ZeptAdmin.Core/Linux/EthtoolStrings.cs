using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>String sets of a driver (<c>enum ethtool_stringset</c> of linux/ethtool.h).</summary>
public enum EthtoolStringSet
{
    /// <summary>Names of self-test results.</summary>
    ETH_SS_TEST = 0,
    /// <summary>Names of the driver's counters.</summary>
    ETH_SS_STATS = 1,
    /// <summary>Names of the driver's private flags.</summary>
    ETH_SS_PRIV_FLAGS = 2,
    /// <summary>Names of features.</summary>
    ETH_SS_FEATURES = 4,
    /// <summary>Names of RSS hash functions.</summary>
    ETH_SS_RSS_HASH_FUNCS = 5,
    /// <summary>Names of the counters of the PHY.</summary>
    ETH_SS_PHY_STATS = 7,
    /// <summary>Names of link modes.</summary>
    ETH_SS_LINK_MODES = 9,
}

/// <summary><c>struct ethtool_sset_info</c> of linux/ethtool.h, asked for one set, so with one count behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolStringSetInfo
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint Reserved;
    public ulong Mask;
#pragma warning restore CS1591, CA1051
}

/// <summary><c>struct ethtool_gstrings</c> of linux/ethtool.h; strings of 32 bytes each follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolStringsHead
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint StringSet;
    public uint Length;
#pragma warning restore CS1591, CA1051
}

/// <summary>Reads string sets (<c>ETHTOOL_GSSET_INFO</c>, <c>ETHTOOL_GSTRINGS</c>).</summary>
public static class EthtoolStrings
{
    /// <summary>Bytes of one string, zeros behind it included (<c>ETH_GSTRING_LEN</c>).</summary>
    public const int ETH_GSTRING_LEN = 32;

    /// <summary>More strings than any driver has; a count above it is not believed.</summary>
    public const int MostStrings = 65536;

    // Kernels write as many strings as the driver has at that moment, whatever was asked for; so there is room for what a driver
    // may gain between the two questions (queues: a few counters each).
    private const int Spare = 1024;

    /// <summary>How many strings a set has.</summary>
    /// <returns>The count; EOPNOTSUPP when the driver has no such set.</returns>
    /// <exception cref="KernelFormatException">The count is not to be believed.</exception>
    public static Answer<int> Count(IEthtoolChannel channel, string interfaceName, EthtoolStringSet set)
    {
        int head = Unsafe.SizeOf<EthtoolStringSetInfo>();
        byte[] buffer = EthtoolRequest.Buffer(new EthtoolStringSetInfo { Mask = 1UL << (int)set }, EthtoolCommands.ETHTOOL_GSSET_INFO, sizeof(uint));
        Errno errno = channel.Send(interfaceName, buffer);
        if (errno != Errno.None)
        {
            return EthtoolRequest.Refuse(errno, Operation(set), interfaceName);
        }

        if (EthtoolRequest.Head<EthtoolStringSetInfo>(buffer).Mask == 0)
        {
            return EthtoolRequest.Refuse(Errno.EOPNOTSUPP, Operation(set), interfaceName);
        }

        uint count = MemoryMarshal.Read<uint>(buffer.AsSpan(head));
        return count <= MostStrings
            ? (int)count
            : throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GSSET_INFO, $"{count} strings in {set}");
    }

    /// <summary>The strings of a set, in the driver's order: the order of counters, and of the bits of flags and features.</summary>
    /// <returns>The strings, empty where the driver gives a place no name; EOPNOTSUPP when the driver has no such set.</returns>
    /// <exception cref="KernelFormatException">Count and strings do not agree in three attempts, or the count is not to be believed.</exception>
    public static Answer<string[]> Get(IEthtoolChannel channel, string interfaceName, EthtoolStringSet set)
    {
        int head = Unsafe.SizeOf<EthtoolStringsHead>();
        for (int attempt = 0; attempt < EthtoolRequest.Attempts; attempt++)
        {
            Answer<int> counted = Count(channel, interfaceName, set);
            if (!counted.Try(out int count) || count == 0)
            {
                return counted.Select<string[]>(_ => []);
            }

            EthtoolStringsHead request = new() { StringSet = (uint)set, Length = (uint)count };
            byte[] buffer = EthtoolRequest.Buffer(request, EthtoolCommands.ETHTOOL_GSTRINGS, (count + Spare) * ETH_GSTRING_LEN);
            Errno errno = channel.Send(interfaceName, buffer);
            if (errno != Errno.None)
            {
                return EthtoolRequest.Refuse(errno, Operation(set), interfaceName);
            }

            if (EthtoolRequest.Head<EthtoolStringsHead>(buffer).Length == count)
            {
                return Split(buffer.AsSpan(head), count);
            }
        }

        throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GSTRINGS, $"the number of strings in {set} differs each time");
    }

    private static string Operation(EthtoolStringSet set) => set switch
    {
        EthtoolStringSet.ETH_SS_STATS or EthtoolStringSet.ETH_SS_PHY_STATS => "read the names of the counters",
        EthtoolStringSet.ETH_SS_PRIV_FLAGS => "read the private flags",
        EthtoolStringSet.ETH_SS_FEATURES => "read the features",
        EthtoolStringSet.ETH_SS_RSS_HASH_FUNCS => "read the hash functions",
        _ => "read the names of a string set",
    };

    private static string[] Split(ReadOnlySpan<byte> data, int count)
    {
        string[] strings = new string[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> name = data.Slice(i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
            int end = name.IndexOf((byte)0);
            strings[i] = Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
        }

        return strings;
    }
}
