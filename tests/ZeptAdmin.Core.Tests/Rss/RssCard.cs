using System.Runtime.InteropServices;
using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Rss;

/// <summary>
/// A card with receive-side scaling and flow rules behind the checks of the kernel (net/ethtool/ioctl.c: ethtool_set_rxfh,
/// ethtool_set_rxfh_fields, ethtool_set_rxnfc) and with the refusals of a driver, as far as its properties say.
/// </summary>
internal sealed class RssCard : Sensor, IEthtoolChannel
{
    public const string Port = "ens1f0";

    private const uint NoChange = 0xffffffff;
    private const ulong SymmetricFields = 0xf0;

    private readonly MemoryFolder _root = new();

    public RssCard(string driver = "i40e", int keyLength = 52, int entries = 512, int rings = 8)
    {
        Driver = driver;
        Rings = rings;
        Key = new byte[keyLength];
        new Random(1).NextBytes(Key);
        Table = [.. Enumerable.Range(0, entries).Select(entry => (uint)(entry % rings))];
        Kernel = "6.12.95";
        File("proc/sys/kernel/random/boot_id", "boot-1\n");
        Files = new CapturedFileTree(_root);
    }

    public string Driver { get; }

    /// <summary>Version that the driver tells; null for the kernel's, as a driver of its tree does.</summary>
    public string? DriverVersion { get; set; }

    public string Kernel
    {
        get;
        set
        {
            field = value;
            File("proc/sys/kernel/osrelease", value + "\n");
        }
    }

    public int Rings { get; set; }

    public uint[] Table { get; set; }

    /// <summary>True while the table is the user's own (IFF_RXFH_CONFIGURED).</summary>
    public bool IsTableConfigured { get; private set; }

    public byte[] Key { get; set; }

    public byte Function { get; set; } = 1;

    public byte Functions { get; set; } = 1;

    public byte Transform { get; set; }

    /// <summary>Bits that the driver takes (supported_input_xfrm).</summary>
    public byte Transforms { get; set; }

    /// <summary>A kernel before 6.8, where the transformation is a reserved byte.</summary>
    public bool IsReservedByte { get; set; }

    /// <summary>A kernel before 3.16: no GRSSH.</summary>
    public bool IsOld { get; set; }

    public SortedDictionary<uint, ulong> Fields { get; } = new() { [1] = 0xf0, [2] = 0xf0, [3] = 0x30, [4] = 0x30, [5] = 0xf0, [6] = 0xf0, [7] = 0x30, [8] = 0x30 };

    /// <summary>TCP by all four, UDP by two or four, the rest by addresses: ixgbe, igb.</summary>
    public bool IsPicky { get; set; }

    public RuleMemory Rules { get; } = new();

    public bool IsNtupleOn { get; set; } = true;

    public List<(uint Command, byte[] Bytes)> Writes { get; } = [];

    public Errno NextWrite { get; set; }

    /// <summary>Called before a write and after it; throwing here is the process dying there.</summary>
    public Action Step { get; set; } = () => { };

    public override string Name => "card";

    public override bool IsLive => true;

    public override FileTree Files { get; }

    public override IEthtoolChannel Ethtool => this;

    public override INetlinkChannel Netlink => throw new NotSupportedException();

    public override DateTimeOffset Time => DateTimeOffset.UnixEpoch;

    /// <summary>All that ethtool -x, -n and -k show, to compare before and after.</summary>
    public string State =>
        $"{string.Join(' ', Table)}|{Convert.ToHexString(Key)}|{Function}|{Transform}|{IsTableConfigured}|{string.Join(' ', Fields)}|{Rules}|{IsNtupleOn}";

    public void File(string path, string text) => _root.TryAdd(path, new MemoryFile(Encoding.ASCII.GetBytes(text)));

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

        Step();
        Writes.Add((command, buffer.ToArray()));
        Errno errno = NextWrite;
        NextWrite = Errno.None;
        errno = errno == Errno.None ? Take(command, buffer) : errno;
        Step();
        return errno;
    }

    private Errno Answer(uint command, Span<byte> buffer)
    {
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(buffer);
        switch (command)
        {
            case EthtoolCommands.ETHTOOL_GDRVINFO:
                _ = Encoding.ASCII.GetBytes(Driver, buffer[4..]);
                _ = Encoding.ASCII.GetBytes(DriverVersion ?? Kernel, buffer[36..]);
                return Errno.None;
            case EthtoolCommands.ETHTOOL_GRSSH when !IsOld:
                return GetRss(words, buffer);
            case EthtoolCommands.ETHTOOL_GRXFHINDIR:
                Table.AsSpan(0, (int)Math.Min(words[1], (uint)Table.Length)).CopyTo(words[2..]);
                words[1] = (uint)Table.Length;
                return Errno.None;
            case EthtoolCommands.ETHTOOL_GRXRINGS:
                MemoryMarshal.Write(buffer[8..], (ulong)Rings);
                return Errno.None;
            case EthtoolCommands.ETHTOOL_GRXFH when Fields.TryGetValue(words[1], out ulong fields):
                MemoryMarshal.Write(buffer[8..], fields);
                return Errno.None;
            case EthtoolCommands.ETHTOOL_GRXCLSRLCNT or EthtoolCommands.ETHTOOL_GRXCLSRLALL or EthtoolCommands.ETHTOOL_GRXCLSRULE:
                return Rules.Answer(command, buffer);
            case EthtoolCommands.ETHTOOL_GSSET_INFO:
                words[4] = MemoryMarshal.Read<ulong>(buffer[8..]) switch
                {
                    1UL << (int)EthtoolStringSet.ETH_SS_FEATURES => 1u,
                    1UL << (int)EthtoolStringSet.ETH_SS_RSS_HASH_FUNCS => 3u,
                    _ => 0,
                };
                return Errno.None;
            case EthtoolCommands.ETHTOOL_GSTRINGS:
                string[] strings = words[1] == (uint)EthtoolStringSet.ETH_SS_FEATURES ? ["rx-ntuple-filter"] : ["toeplitz", "xor", "crc32"];
                words[2] = (uint)strings.Length;
                for (int i = 0; i < strings.Length; i++)
                {
                    _ = Encoding.ASCII.GetBytes(strings[i], buffer[(12 + (i * 32))..]);
                }

                return Errno.None;
            case EthtoolCommands.ETHTOOL_GFEATURES:
                MemoryMarshal.Write(buffer[8..], 1u);
                MemoryMarshal.Write(buffer[12..], IsNtupleOn ? 1u : 0);
                MemoryMarshal.Write(buffer[16..], IsNtupleOn ? 1u : 0);
                return Errno.None;
            default:
                return Errno.EOPNOTSUPP;
        }
    }

    private Errno GetRss(Span<uint> words, Span<byte> buffer)
    {
        (uint entries, uint keySize) = (words[2], words[3]);
        words[2] = (uint)Table.Length;
        words[3] = (uint)Key.Length;
        if ((entries != 0 && entries != Table.Length) || (keySize != 0 && keySize != Key.Length))
        {
            return Errno.EINVAL;
        }

        buffer[16] = Function;
        buffer[17] = Transform;
        if (entries != 0)
        {
            Table.CopyTo(words[6..]);
        }

        if (keySize != 0)
        {
            Key.CopyTo(buffer[(24 + ((int)entries * 4))..]);
        }

        return Errno.None;
    }

    private Errno Take(uint command, Span<byte> buffer)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(buffer);
        switch (command)
        {
            case EthtoolCommands.ETHTOOL_SRSSH when !IsOld:
                return SetRss(words, buffer);
            case EthtoolCommands.ETHTOOL_SRXFHINDIR:
                return SetTable(words[1], words[2..]);
            case EthtoolCommands.ETHTOOL_SRXFH:
                return SetFields(words[1], MemoryMarshal.Read<ulong>(buffer[8..]));
            case EthtoolCommands.ETHTOOL_SFEATURES:
                IsNtupleOn = (words[3] & 1) != 0;
                if (!IsNtupleOn)
                {
                    Rules.Clear();
                }

                return Errno.None;
            case EthtoolCommands.ETHTOOL_SRXCLSRLINS when !IsNtupleOn:
                return Errno.EOPNOTSUPP;
            case EthtoolCommands.ETHTOOL_SRXCLSRLINS or EthtoolCommands.ETHTOOL_SRXCLSRLDEL:
                return Rules.Take(command, buffer);
            default:
                return Errno.EOPNOTSUPP;
        }
    }

    private Errno SetRss(ReadOnlySpan<uint> words, ReadOnlySpan<byte> buffer)
    {
        (uint entries, uint keySize, byte function, byte transform) = (words[2], words[3], buffer[16], buffer[17]);
        bool isUnknownTransform = transform != 0xff && (transform & ~Transforms) != 0;
        if ((IsReservedByte && transform != 0) || buffer[18] != 0 || buffer[19] != 0 || words[5] != 0 || words[1] != 0
            || (entries != 0 && entries != NoChange && entries != Table.Length)
            || (keySize != 0 && keySize != Key.Length)
            || (entries == NoChange && keySize == 0 && function == 0 && (IsReservedByte || transform == 0xff)))
        {
            return Errno.EINVAL;
        }

        if (isUnknownTransform || (function & ~Functions) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        if (transform is not (0 or 0xff) && Fields.Values.Any(fields => !IsSymmetric(fields)))
        {
            return Errno.EINVAL;
        }

        if (entries != NoChange && SetTable(entries, words[6..]) is Errno errno and not Errno.None)
        {
            return errno;
        }

        if (keySize != 0)
        {
            Key = buffer.Slice(24 + (entries == NoChange ? 0 : (int)entries * 4), (int)keySize).ToArray();
        }

        Function = function == 0 ? Function : function;
        Transform = transform == 0xff ? Transform : transform;
        return Errno.None;
    }

    private Errno SetTable(uint entries, ReadOnlySpan<uint> table)
    {
        for (int entry = 0; entry < entries; entry++)
        {
            if (table[entry] >= Rings)
            {
                return Errno.EINVAL;
            }
        }

        Table = entries == 0 ? [.. Enumerable.Range(0, Table.Length).Select(entry => (uint)(entry % Rings))] : table[..(int)entries].ToArray();
        IsTableConfigured = entries != 0;
        return Errno.None;
    }

    private Errno SetFields(uint type, ulong fields)
    {
        if (!Fields.ContainsKey(type) || (Transform != 0 && !IsSymmetric(fields)))
        {
            return Errno.EINVAL;
        }

        bool isTaken = !IsPicky || type switch
        {
            1 or 5 => fields == 0xf0,
            2 or 6 => fields is 0x30 or 0xf0,
            _ => fields == 0x30,
        };
        if (isTaken)
        {
            Fields[type] = fields;
        }

        return isTaken ? Errno.None : Errno.EINVAL;
    }

    // ethtool_rxfh_config_is_sym
    private static bool IsSymmetric(ulong fields) => (fields & ~SymmetricFields) == 0 && (fields & 0x50) * 2 == (fields & 0xa0);
}
