using System.Buffers.Binary;
using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>One way to spread packets over queues: a card's, or one that is asked about.</summary>
public sealed class RssBalanceSetting
{
    private const RssFields Addresses = RssFields.SourceAddress | RssFields.DestinationAddress;
    private const RssFields PortFields = RssFields.SourcePort | RssFields.DestinationPort;
    private const int KindCount = (int)RssFlowType.AhEsp6 + 1;

    private readonly RssFields[] _fields;
    private readonly ToeplitzHash _hash;

    private RssBalanceSetting(RssKey key, RssFields[] fields, RssInputTransform transform, int[] table)
    {
        Key = key;
        _fields = fields;
        Transform = transform;
        Table = table;
        _hash = ToeplitzHash.Create(key.AsSpan());
    }

    /// <summary>The key that Microsoft's documentation and many drivers take for an example; 40 bytes.</summary>
    public static RssKey ExampleKey { get; } = new(
        [
            0x6D, 0x5A, 0x56, 0xDA, 0x25, 0x5B, 0x0E, 0xC2, 0x41, 0x67, 0x25, 0x3D, 0x43, 0xA3, 0x8F, 0xB0, 0xD0, 0xCA, 0x2B, 0xCB,
            0xAE, 0x7B, 0x30, 0xB4, 0x77, 0xCB, 0x2D, 0xA3, 0x80, 0x30, 0xF2, 0x0C, 0x6A, 0x42, 0xB7, 0x3B, 0xBE, 0xAC, 0x01, 0xFA,
        ]);

    /// <summary>The symmetric key 6D:5A…, 52 bytes: its first 40 hash the same (field.md H4).</summary>
    public static RssKey SymmetricKey { get; } = new([.. Enumerable.Repeat<byte[]>([0x6D, 0x5A], 26).SelectMany(pair => pair)]);

    /// <summary>Interface whose setting it is; null for one that is asked about.</summary>
    public string? InterfaceName { get; private init; }

    /// <summary>Hash key.</summary>
    public RssKey Key { get; }

    /// <summary>What is done to the input.</summary>
    public RssInputTransform Transform { get; }

    /// <summary>Queue of each entry.</summary>
    internal int[] Table { get; }

    /// <summary>Who captures from the interface; empty when that is not known.</summary>
    internal RssWorkerGroup[] WorkerGroups { get; private init; } = [];

    /// <summary>Number of queues.</summary>
    public int Queues { get; private init; }

    /// <summary>Hashed fields: letters, or kinds and letters where they differ.</summary>
    public string Fields
    {
        get
        {
            RssFields[] kinds = _fields[(int)RssFlowType.Tcp4..];
            string[] letters = [.. kinds.Where((_, index) => index is not (3 or 7)).Select(RssFieldsText.Of).Distinct()];
            return letters.Length == 1
                ? letters[0]
                : string.Join(' ', Enumerable.Range(1, KindCount - 1).Select(kind => $"{(RssFlowType)kind}={(_fields[kind] == RssFields.None ? "-" : RssFieldsText.Of(_fields[kind]))}"));
        }
    }

    /// <summary>What is not known of the card and was assumed, or cannot be reckoned, as sentences.</summary>
    public string[] Notes { get; private init; } = [];

    /// <summary>A setting that is asked about.</summary>
    /// <param name="key">Hash key.</param>
    /// <param name="fields">Fields of TCP, UDP and SCTP; of AH and ESP and all else, the addresses among them.</param>
    /// <param name="queues">Number of queues.</param>
    /// <param name="tableSize">Entries of the table, which is filled as drivers do by themselves: queue after queue.</param>
    public static RssBalanceSetting Of(RssKey key, RssFields fields, int queues, int tableSize)
    {
        RssFields[] kinds = new RssFields[KindCount];
        Array.Fill(kinds, fields);
        kinds[(int)RssFlowType.AhEsp4] = kinds[(int)RssFlowType.AhEsp6] = fields & Addresses;
        return new RssBalanceSetting(key, kinds, RssInputTransform.None, NicRssSetting.DefaultTable(tableSize, queues)) { Queues = queues };
    }

    /// <summary>The settings that a card may have, by what it reports on a kernel.</summary>
    internal static Answer<RssBalanceSetting[]> Of(NicRss rss, KernelVersion? kernel)
    {
        if (rss.Key is null || rss.IndirectionTable.Length == 0 || rss.Function is not (null or "toeplitz"))
        {
            return new Refusal(Errno.EOPNOTSUPP, "foretell the queues", rss.InterfaceName)
            {
                Detail = rss.Key is null ? "Its driver hides the hash key."
                    : rss.IndirectionTable.Length == 0 ? "Its driver shows no indirection table."
                    : $"It hashes with '{rss.Function}', not with toeplitz.",
            };
        }

        bool isLate = DriverQuirks.Of(rss.Driver, kernel).Any(quirk => quirk.Id == DriverQuirks.KeyOneByteLate);
        List<string> notes = [.. rss.Notes];
        RssFields[] kinds = new RssFields[KindCount];
        foreach (RssFlowType kind in NicRssReader.FlowTypes)
        {
            if (Array.Find(rss.Fields, fields => fields.FlowType == kind) is NicHashFields known)
            {
                kinds[(int)kind] = known.Fields & (Addresses | PortFields);
                if ((known.Fields & ~(Addresses | PortFields)) != 0)
                {
                    notes.Add($"{kind} is hashed by fields that are left out here: {RssFieldsText.Of(known.Fields & ~(Addresses | PortFields))}.");
                }
            }
            else
            {
                // What drivers do by themselves: ports of TCP, addresses of all else.
                kinds[(int)kind] = Addresses | (kind is RssFlowType.Tcp4 or RssFlowType.Tcp6 ? PortFields : RssFields.None);
            }
        }

        if (rss.Fields.Length < NicRssReader.FlowTypes.Length)
        {
            notes.Add("The driver does not tell the fields of all kinds of packets: for those, ports of TCP and addresses of all else are assumed.");
        }

        RssKey[] keys = isLate ? [rss.Key, new RssKey([0, .. rss.Key.AsSpan()[..^1]])] : [rss.Key];
        return Array.ConvertAll(keys, key => new RssBalanceSetting(key, kinds, rss.InputTransform ?? RssInputTransform.None, rss.IndirectionTable)
        {
            InterfaceName = rss.InterfaceName,
            Queues = Math.Max(rss.Queues ?? 0, rss.IndirectionTable.Max() + 1),
            Notes = [.. notes],
        });
    }

    /// <summary>The same setting with those who capture behind it.</summary>
    internal RssBalanceSetting With(RssWorkerGroup[] groups, IEnumerable<string> notes) => new(Key, _fields, Transform, Table)
    {
        InterfaceName = InterfaceName,
        Queues = Queues,
        WorkerGroups = groups,
        Notes = [.. Notes, .. notes],
    };

    /// <summary>True when another setting gives the same hashes.</summary>
    internal bool HashesLike(RssBalanceSetting other) =>
        Key.Equals(other.Key) && Transform == other.Transform && _fields.AsSpan().SequenceEqual(other._fields);

    /// <summary>The fields of a packet that are hashed: its addresses only for a fragment and for a protocol without a kind of its own.</summary>
    internal RssFields FieldsOf(in FlowKey key)
    {
        RssFlowType kind = key.FlowType;
        RssFields fields = kind == RssFlowType.None || key.IsFragment ? Addresses : _fields[(int)kind];
        return (key.Shape & FlowKey.Ports) == 0 ? fields & ~PortFields : fields;
    }

    /// <summary>The hash of a packet; null when the card makes none.</summary>
    internal uint? Hash(in FlowKey key)
    {
        if (!key.IsIp)
        {
            return null;
        }

        RssFields fields = FieldsOf(key);
        if (fields == RssFields.None)
        {
            return null;
        }

        // An address of IPv4 stands in its number as on the wire.
        if (fields == (Addresses | PortFields) && (key.Shape & FlowKey.Ip4) != 0 && Transform == RssInputTransform.None)
        {
            return _hash.Compute(
                BinaryPrimitives.ReverseEndianness((uint)key.SourceLow),
                BinaryPrimitives.ReverseEndianness((uint)key.DestinationLow),
                ((uint)key.SourcePort << 16) | key.DestinationPort);
        }

        Span<byte> input = stackalloc byte[RssInput.MostBytes];
        int length = RssInput.Write(input, key.Source, key.Destination, key.SourcePort, key.DestinationPort, fields, Transform);
        return _hash.Compute(input[..length]);
    }

    /// <summary>The queue of a hash. What has none goes to queue 0, as with Intel's and virtio's cards.</summary>
    internal int QueueOf(uint? hash) => hash is uint number ? Table[number % (uint)Table.Length] : 0;

    /// <summary>The setting in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(InterfaceName is null ? "" : InterfaceName + ": ")}{Fields}, {NicRss.Summarize(Key)}, {Queues} queues of {Table.Length} entries");
}
