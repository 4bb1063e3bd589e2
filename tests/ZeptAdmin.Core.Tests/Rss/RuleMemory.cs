using System.Runtime.InteropServices;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Rss;

/// <summary>How a driver treats the masks of its rules.</summary>
internal enum RuleHabit
{
    /// <summary>Any mask.</summary>
    Free,

    /// <summary>i40e_check_fdir_input_set: one set of whole fields for all rules of a flow type, else EOPNOTSUPP.</summary>
    SharedFields,

    /// <summary>ixgbe_add_ethtool_fdir_entry: one mask for all rules, else EINVAL; it sets FLOW_EXT in what it gives back.</summary>
    OneMask,
}

/// <summary>The rules of a card, as ethtool_get_rxnfc and ethtool_set_rxnfc hand them to a driver.</summary>
internal sealed class RuleMemory
{
    private const int Spec = 16;
    private const int Mask = 76;
    private const int Count = 184;
    private const int LocationIn = 160;

    private readonly SortedDictionary<uint, (byte[] Spec, uint Context)> _rules = [];

    public RuleHabit Habit { get; set; }

    public uint Size { get; set; } = 1024;

    /// <summary>The driver finds the places itself and takes no other.</summary>
    public bool Picks { get; set; }

    public int Length => _rules.Count;

    public uint[] Locations => [.. _rules.Keys];

    public override string ToString() => string.Join(' ', _rules.Select(rule => $"{rule.Key}:{Convert.ToHexString(rule.Value.Spec)}:{rule.Value.Context}"));

    public void Clear() => _rules.Clear();

    public Errno Answer(uint command, Span<byte> buffer)
    {
        switch (command)
        {
            case EthtoolCommands.ETHTOOL_GRXCLSRLCNT:
                MemoryMarshal.Write(buffer[8..], Size | (Picks ? EthtoolFlows.RX_CLS_LOC_SPECIAL : 0UL));
                MemoryMarshal.Write(buffer[Count..], _rules.Count);
                return Errno.None;
            case EthtoolCommands.ETHTOOL_GRXCLSRLALL:
                MemoryMarshal.Write(buffer[Count..], _rules.Count);
                MemoryMarshal.AsBytes(Locations.AsSpan()).CopyTo(buffer[(Count + 4)..]);
                return Errno.None;
            default:
                uint location = MemoryMarshal.Read<uint>(buffer[(Spec + LocationIn)..]);
                if (!_rules.TryGetValue(location, out (byte[] Spec, uint Context) rule))
                {
                    return Errno.ENOENT;
                }

                rule.Spec.CopyTo(buffer[Spec..]);
                if (Habit == RuleHabit.OneMask)
                {
                    MemoryMarshal.Write(buffer[Spec..], MemoryMarshal.Read<uint>(rule.Spec) | EthtoolFlows.FLOW_EXT);
                }

                MemoryMarshal.Write(buffer[Count..], rule.Context);
                return Errno.None;
        }
    }

    public Errno Take(uint command, Span<byte> buffer)
    {
        uint location = MemoryMarshal.Read<uint>(buffer[(Spec + LocationIn)..]);
        if (command == EthtoolCommands.ETHTOOL_SRXCLSRLDEL)
        {
            return _rules.Remove(location) ? Errno.None : Errno.ENOENT;
        }

        if (Picks)
        {
            if (location != EthtoolFlows.RX_CLS_LOC_ANY)
            {
                return Errno.EINVAL;
            }

            location = _rules.Count == 0 ? 5 : Locations[^1] + 1;
            MemoryMarshal.Write(buffer[(Spec + LocationIn)..], location);
        }

        if (location >= Size)
        {
            return Errno.EINVAL;
        }

        byte[] spec = buffer.Slice(Spec, 168).ToArray();
        Errno errno = Check(spec);
        if (errno == Errno.None)
        {
            _rules[location] = (spec, MemoryMarshal.Read<uint>(buffer[Count..]));
        }

        return errno;
    }

    private Errno Check(byte[] spec)
    {
        byte[] mask = MaskOf(spec);
        switch (Habit)
        {
            case RuleHabit.SharedFields:
                bool isShared = _rules.Values.Where(rule => Kind(rule.Spec) == Kind(spec)).All(rule => MaskOf(rule.Spec).AsSpan().SequenceEqual(mask));
                return isShared && Array.TrueForAll(mask, bits => bits is 0 or 0xff) ? Errno.None : Errno.EOPNOTSUPP;
            case RuleHabit.OneMask:
                return _rules.Values.All(rule => MaskOf(rule.Spec).AsSpan().SequenceEqual(mask)) ? Errno.None : Errno.EINVAL;
            default:
                return Errno.None;
        }
    }

    private static uint Kind(byte[] spec) => MemoryMarshal.Read<uint>(spec) & 0xff;

    // Masks of fields and of what is on top, without the padding of the latter.
    private static byte[] MaskOf(byte[] spec) => [.. spec.AsSpan(Mask, 52), .. spec.AsSpan(Mask + 52 + 2, 18)];
}
