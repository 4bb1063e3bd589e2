using System.Runtime.InteropServices;
using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Nics;

/// <summary>
/// A card that takes writes as i40e does: coalescing times are refused while adaptive mode is on, rings are multiples of 32, channels are
/// combined only, and LRO hangs on receive checksums.
/// </summary>
internal sealed class SimulatedCard : Sensor, IEthtoolChannel
{
    private const string Port = "ens1f0";

    private readonly byte[] _ring = Words(0, 4096, 0, 0, 4096, 512, 0, 0, 512);
    private readonly byte[] _channels = Words(0, 0, 0, 1, 64, 0, 0, 1, 8);
    private readonly byte[] _pause = Words(0, 0, 1, 1);
    private readonly byte[] _coalesce = Words([0, 50, 0, 0, 0, 50, .. new uint[4], 1, 1, .. new uint[11]]);

    public List<(uint Command, string Bytes)> Writes { get; } = [];

    public Errno NextWrite { get; set; }

    public string[] Flags { get; } = ["MFP", "LinkPolling", "flow-director-atr"];

    public uint FlagBits { get; set; } = 0b100;

    public string[] Features { get; } = ["rx-checksum", "rx-lro", "rx-gro", "rx-hashing", "highdma"];

    public uint FeatureWishes { get; set; } = 0b00111;

    public override string Name => "simulated";

    public override bool IsLive => true;

    public override FileTree Files { get; } = new CapturedFileTree(new MemoryFolder());

    public override IEthtoolChannel Ethtool => this;

    public override INetlinkChannel Netlink => throw new NotSupportedException();

    public override DateTimeOffset Time => DateTimeOffset.UnixEpoch;

    public Errno Send(string interfaceName, Span<byte> buffer)
    {
        uint command = MemoryMarshal.Read<uint>(buffer);
        if (interfaceName != Port)
        {
            return Errno.ENODEV;
        }

        if (!EthtoolCommands.Changes(command))
        {
            return Answer(command, buffer);
        }

        Writes.Add((command, Convert.ToHexStringLower(buffer)));
        if (NextWrite != Errno.None)
        {
            (Errno errno, NextWrite) = (NextWrite, Errno.None);
            return errno;
        }

        return Take(command, buffer);
    }

    private static byte[] Words(params uint[] words) => MemoryMarshal.AsBytes(words.AsSpan()).ToArray();

    private static uint Word(ReadOnlySpan<byte> buffer, int index) => MemoryMarshal.Cast<byte, uint>(buffer)[index];

    private Errno Answer(uint command, Span<byte> buffer)
    {
        switch (command)
        {
            case EthtoolCommands.ETHTOOL_GRINGPARAM:
                return Copy(_ring, buffer);
            case EthtoolCommands.ETHTOOL_GCHANNELS:
                return Copy(_channels, buffer);
            case EthtoolCommands.ETHTOOL_GPAUSEPARAM:
                return Copy(_pause, buffer);
            case EthtoolCommands.ETHTOOL_GCOALESCE:
                return Copy(_coalesce, buffer);
            case EthtoolCommands.ETHTOOL_GPFLAGS:
                MemoryMarshal.Write(buffer[4..], FlagBits);
                return Errno.None;
            case EthtoolCommands.ETHTOOL_GSSET_INFO:
                MemoryMarshal.Write(buffer[16..], (uint)Strings(1UL << 0, MemoryMarshal.Read<ulong>(buffer[8..])).Length);
                return Errno.None;
            case EthtoolCommands.ETHTOOL_GSTRINGS:
                string[] strings = Strings(0, 1UL << (int)Word(buffer, 1));
                MemoryMarshal.Write(buffer[8..], (uint)strings.Length);
                for (int i = 0; i < strings.Length; i++)
                {
                    _ = Encoding.ASCII.GetBytes(strings[i], buffer[(12 + (i * 32))..]);
                }

                return Errno.None;
            case EthtoolCommands.ETHTOOL_GFEATURES:
                MemoryMarshal.Write(buffer[8..], 0b01111u);
                MemoryMarshal.Write(buffer[12..], FeatureWishes);
                MemoryMarshal.Write(buffer[16..], ActiveFeatures);
                return Errno.None;
            default:
                return Errno.EOPNOTSUPP;
        }
    }

    // netdev_fix_features: no LRO without receive checksums.
    private uint ActiveFeatures => (FeatureWishes & 1) == 0 ? FeatureWishes & ~2u : FeatureWishes;

    private string[] Strings(ulong _, ulong mask) => mask switch
    {
        1UL << (int)EthtoolStringSet.ETH_SS_PRIV_FLAGS => Flags,
        1UL << (int)EthtoolStringSet.ETH_SS_FEATURES => Features,
        _ => [],
    };

    private Errno Take(uint command, ReadOnlySpan<byte> buffer)
    {
        switch (command)
        {
            case EthtoolCommands.ETHTOOL_SRINGPARAM when Word(buffer, 5) % 32 != 0 || Word(buffer, 5) > 4096:
                return Errno.EINVAL;
            case EthtoolCommands.ETHTOOL_SRINGPARAM:
                return Keep(buffer, _ring, 5);
            case EthtoolCommands.ETHTOOL_SCHANNELS when Word(buffer, 5) != 0 || Word(buffer, 6) != 0 || Word(buffer, 8) is 0 or > 64:
                return Errno.EINVAL;
            case EthtoolCommands.ETHTOOL_SCHANNELS:
                return Keep(buffer, _channels, 5);
            case EthtoolCommands.ETHTOOL_SPAUSEPARAM:
                return Keep(buffer, _pause, 1);
            case EthtoolCommands.ETHTOOL_SCOALESCE when Word(buffer, 10) != 0 && Word(buffer, 1) != Word(_coalesce, 1):
                return Errno.EINVAL;
            case EthtoolCommands.ETHTOOL_SCOALESCE:
                return Keep(buffer, _coalesce, 1);
            case EthtoolCommands.ETHTOOL_SPFLAGS:
                FlagBits = Word(buffer, 1);
                return Errno.None;
            case EthtoolCommands.ETHTOOL_SFEATURES:
                FeatureWishes = (FeatureWishes & ~Word(buffer, 2)) | (Word(buffer, 3) & Word(buffer, 2));
                return Errno.None;
            default:
                return Errno.EOPNOTSUPP;
        }
    }

    private static Errno Copy(byte[] state, Span<byte> buffer)
    {
        state.AsSpan(4).CopyTo(buffer[4..]);
        return Errno.None;
    }

    private static Errno Keep(ReadOnlySpan<byte> buffer, byte[] state, int firstWord)
    {
        buffer[(firstWord * 4)..state.Length].CopyTo(state.AsSpan(firstWord * 4));
        return Errno.None;
    }
}
