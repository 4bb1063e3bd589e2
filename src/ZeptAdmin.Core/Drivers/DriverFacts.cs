using ZeptAdmin.Linux;

namespace ZeptAdmin.Drivers;

/// <summary>How a card can be made to give both directions of a connection one hash.</summary>
[Flags]
public enum SymmetryMethods
{
    /// <summary>In no way that is known.</summary>
    None = 0,
    /// <summary>By a key of one repeated 16-bit pattern.</summary>
    Key = 1,
    /// <summary>By <c>xfrm symmetric-xor</c>.</summary>
    SymmetricXor = 2,
    /// <summary>By <c>xfrm symmetric-or-xor</c>.</summary>
    SymmetricOrXor = 4,
    /// <summary>It always does.</summary>
    AlwaysOn = 8,
}

/// <summary>What limits the rules of a card's receive classifier (ntuple).</summary>
public enum FlowRuleLimit
{
    /// <summary>Not known.</summary>
    Unknown,
    /// <summary>There are no rules.</summary>
    None,
    /// <summary>All rules of one flow type match on the same set of fields, each field whole (field.md G6).</summary>
    SharedFieldsPerFlowType,
    /// <summary>All rules share one mask.</summary>
    OneMask,
    /// <summary>Fields come from the profiles that the card has loaded.</summary>
    Profiles,
    /// <summary>Ethernet headers by their whole EtherType, to a queue.</summary>
    EtherTypeToQueue,
    /// <summary>A few fields only.</summary>
    Few,
    /// <summary>Any mask.</summary>
    Free,
}

/// <summary>Whether the hash key of a card can be set.</summary>
public enum KeySetting
{
    /// <summary>Not known.</summary>
    Unknown,
    /// <summary>It can.</summary>
    Yes,
    /// <summary>It cannot.</summary>
    No,
    /// <summary>Only with kernels of late 2026 on.</summary>
    Recent,
}

/// <summary>What differs by driver: limits and habits, each with its origin.</summary>
/// <param name="Driver">Name as <c>ETHTOOL_GDRVINFO</c> gives it.</param>
/// <param name="Origin">Where the facts are from: rows of field.md, files of the kernel.</param>
public sealed record DriverFacts(string Driver, string Origin)
{
    /// <summary>True for a driver that refuses another value for the negotiation of pause frames than the link has, and takes the frames without (EOPNOTSUPP).</summary>
    public bool KeepsPauseNegotiation { get; init; }

    /// <summary>Length of the hash key in bytes; null when it is not known or has none.</summary>
    public int? KeyLength { get; init; }

    /// <summary>Sizes that the indirection table is known to have; empty when not known.</summary>
    public int[] TableSizes { get; init; } = [];

    /// <summary>Whether the key can be set.</summary>
    public KeySetting KeySetting { get; init; }

    /// <summary>True when the driver hides its key and fills it from <c>netdev_rss_key</c> (field.md H14).</summary>
    public bool TakesKernelKey { get; init; }

    /// <summary>Ways to a symmetric hash, with the first kernel of each that needs one.</summary>
    public SymmetryMethods Symmetry { get; init; }

    /// <summary>First kernel with the <c>xfrm</c> named in <see cref="Symmetry"/>; null when none is.</summary>
    public KernelVersion? TransformSince { get; init; }

    /// <summary>Hash functions that the driver takes; empty when not known.</summary>
    public string[] Functions { get; init; } = [];

    /// <summary>Letters (as <c>sdfn</c>) that TCP may be hashed by; empty when all of s, d, f, n go.</summary>
    public string[] TcpFields { get; init; } = [];

    /// <summary>Letters that UDP may be hashed by; empty when all of s, d, f, n go.</summary>
    public string[] UdpFields { get; init; } = [];

    /// <summary>Private flag that turns application-targeted routing (ATR) on; null when there is none.</summary>
    public string? AtrFlag { get; init; }

    /// <summary>What limits its flow rules.</summary>
    public FlowRuleLimit FlowRules { get; init; }

    /// <summary>True when rules are refused while the feature rx-ntuple-filter is off.</summary>
    public bool RulesNeedNtuple { get; init; }

    /// <summary>Least descriptors of a ring; null when not known.</summary>
    public int? RingMinimum { get; init; }

    /// <summary>A ring has a multiple of this many descriptors; null when not known.</summary>
    public int? RingMultiple { get; init; }

    /// <summary>Receive descriptors when nobody set them; null when not known.</summary>
    public int? RingDefault { get; init; }

    /// <summary>rx-usecs up to this is the number of a mode in which the driver chooses the wait, not a time; 0 when every figure is a time.</summary>
    public int RxWaitModes { get; init; }

    /// <summary>Names of the properties above that nobody has checked against the driver's source.</summary>
    public string[] Unchecked { get; init; } = [];
}
