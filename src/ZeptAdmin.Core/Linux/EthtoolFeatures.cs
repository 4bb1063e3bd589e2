using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary><c>struct ethtool_gfeatures</c> of linux/ethtool.h; blocks of 32 features each follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolFeaturesHead
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Command;
    public uint Size;
#pragma warning restore CS1591, CA1051
}

/// <summary><c>struct ethtool_get_features_block</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolFeaturesBlock
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Available;
    public uint Requested;
    public uint Active;
    public uint NeverChanged;
#pragma warning restore CS1591, CA1051
}

/// <summary><c>struct ethtool_set_features_block</c> of linux/ethtool.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EthtoolSetFeaturesBlock
{
#pragma warning disable CS1591, CA1051 // the kernel's fields, in the kernel's order
    public uint Valid;
    public uint Requested;
#pragma warning restore CS1591, CA1051
}

/// <summary>One feature of an interface.</summary>
/// <param name="Name">The kernel's name (net/ethtool/common.c, netdev_features_strings).</param>
/// <param name="IsAvailable">The driver lets it be changed.</param>
/// <param name="IsRequested">It is wanted.</param>
/// <param name="IsActive">It is on.</param>
/// <param name="NeverChanges">No driver at all lets it be changed.</param>
public readonly record struct EthtoolFeature(string Name, bool IsAvailable, bool IsRequested, bool IsActive, bool NeverChanges);

/// <summary>Reads features (<c>ETHTOOL_GFEATURES</c>).</summary>
public static class EthtoolFeatures
{
    private const string Operation = "read the features";

    /// <summary>Reads the features of one interface, in the kernel's order; places without a name are left out.</summary>
    /// <exception cref="KernelFormatException">The answer contradicts itself.</exception>
    public static Answer<EthtoolFeature[]> Get(IEthtoolChannel channel, string interfaceName)
    {
        Answer<string[]> named = EthtoolStrings.Get(channel, interfaceName, EthtoolStringSet.ETH_SS_FEATURES);
        if (!named.Try(out string[]? names))
        {
            return named.Refusal!;
        }

        int head = Unsafe.SizeOf<EthtoolFeaturesHead>();
        int blocks = (names.Length + 31) / 32;
        byte[] buffer = EthtoolRequest.Buffer(
            new EthtoolFeaturesHead { Size = (uint)blocks }, EthtoolCommands.ETHTOOL_GFEATURES, blocks * Unsafe.SizeOf<EthtoolFeaturesBlock>());
        Errno errno = channel.Send(interfaceName, buffer);
        if (errno != Errno.None)
        {
            return EthtoolRequest.Refuse(errno, Operation, interfaceName);
        }

        uint size = EthtoolRequest.Head<EthtoolFeaturesHead>(buffer).Size;
        return size == blocks
            ? Split(names, MemoryMarshal.Cast<byte, EthtoolFeaturesBlock>(buffer.AsSpan(head)))
            : throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GFEATURES, $"{size} blocks of features for {names.Length} names");
    }

    /// <summary>Asks for a feature to be on or off; null when the kernel took the wish.</summary>
    /// <remarks>
    /// The kernel grants a wish as far as other settings let it (netdev_fix_features) and says so only by ETHTOOL_F_WISH in its answer, so
    /// whoever needs the feature reads it back.
    /// </remarks>
    public static Refusal? Set(IEthtoolChannel channel, string interfaceName, string feature, bool isOn)
    {
        string operation = $"set the feature '{feature}'";
        Answer<string[]> named = EthtoolStrings.Get(channel, interfaceName, EthtoolStringSet.ETH_SS_FEATURES);
        if (!named.Try(out string[]? names))
        {
            return named.Refusal;
        }

        int bit = Array.IndexOf(names, feature);
        if (bit < 0)
        {
            return EthtoolRequest.Refuse(Errno.EOPNOTSUPP, operation, interfaceName);
        }

        int blocks = (names.Length + 31) / 32;
        byte[] buffer = EthtoolRequest.Buffer(
            new EthtoolFeaturesHead { Size = (uint)blocks }, EthtoolCommands.ETHTOOL_SFEATURES, blocks * Unsafe.SizeOf<EthtoolSetFeaturesBlock>());
        ref EthtoolSetFeaturesBlock block =
            ref MemoryMarshal.Cast<byte, EthtoolSetFeaturesBlock>(buffer.AsSpan(Unsafe.SizeOf<EthtoolFeaturesHead>()))[bit / 32];
        block.Valid = 1U << (bit % 32);
        block.Requested = isOn ? block.Valid : 0;
        Errno errno = channel.Send(interfaceName, buffer);
        return errno == Errno.None ? null : EthtoolRequest.Refuse(errno, operation, interfaceName);
    }

    private static EthtoolFeature[] Split(string[] names, ReadOnlySpan<EthtoolFeaturesBlock> blocks)
    {
        List<EthtoolFeature> features = new(names.Length);
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i].Length > 0)
            {
                EthtoolFeaturesBlock block = blocks[i / 32];
                uint bit = 1U << (i % 32);
                features.Add(new EthtoolFeature(
                    names[i], (block.Available & bit) != 0, (block.Requested & bit) != 0, (block.Active & bit) != 0, (block.NeverChanged & bit) != 0));
            }
        }

        return [.. features];
    }
}
