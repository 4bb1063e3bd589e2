using System.Buffers.Binary;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>Version of SMBIOS that the entry point names.</summary>
/// <param name="Major">Major version; null when no entry point was readable.</param>
/// <param name="Minor">Minor version.</param>
/// <param name="Revision">Revision of the document; the 32-bit entry point has none.</param>
public readonly record struct SmbiosVersion(int? Major, int? Minor, int? Revision)
{
    /// <summary>The version of a table without an entry point.</summary>
    public static SmbiosVersion Unknown => default;
}

/// <summary>The structures of an SMBIOS table, in its order.</summary>
public sealed class SmbiosTable
{
    internal SmbiosTable(SmbiosVersion version, SmbiosStructure[] structures, string? defect)
    {
        Version = version;
        Structures = structures;
        Defect = defect;
    }

    /// <summary>Version that the entry point names.</summary>
    public SmbiosVersion Version { get; }

    /// <summary>All whole structures.</summary>
    public IReadOnlyList<SmbiosStructure> Structures { get; }

    /// <summary>What is broken in the table, as a phrase; null when nothing is.</summary>
    public string? Defect { get; }

    /// <summary>Firmware (type 0); null when the table has none.</summary>
    public SmbiosFirmware? Firmware => OfType(0).Select(structure => new SmbiosFirmware(structure)).FirstOrDefault();

    /// <summary>System (type 1); null when the table has none.</summary>
    public SmbiosProduct? System => OfType(1).Select(structure => new SmbiosProduct(structure)).FirstOrDefault();

    /// <summary>Base boards (type 2); a blade or a riser counts as one too.</summary>
    public IReadOnlyList<SmbiosProduct> Boards => [.. OfType(2).Select(structure => new SmbiosProduct(structure))];

    /// <summary>Processor sockets (type 4), populated or not.</summary>
    public IReadOnlyList<SmbiosProcessor> Processors => [.. OfType(4).Select(structure => new SmbiosProcessor(structure))];

    /// <summary>Groups of memory slots (type 16).</summary>
    public IReadOnlyList<SmbiosMemoryArray> MemoryArrays => [.. OfType(16).Select(structure => new SmbiosMemoryArray(structure))];

    /// <summary>Memory slots (type 17), populated or not.</summary>
    public IReadOnlyList<SmbiosMemoryDevice> MemoryDevices => [.. OfType(17).Select(structure => new SmbiosMemoryDevice(structure))];

    private IEnumerable<SmbiosStructure> OfType(byte type) => Structures.Where(structure => structure.Type == type);
}

/// <summary>One structure: a header of four bytes, fields, and strings that fields refer to by number.</summary>
/// <remarks>Reading a field that the structure is too short for gives null, never an exception.</remarks>
public sealed class SmbiosStructure
{
    /// <summary>Bytes before the first field: type, length, handle.</summary>
    public const int HeaderLength = 4;

    private readonly ReadOnlyMemory<byte> _fields;
    private readonly ReadOnlyMemory<byte> _strings;

    internal SmbiosStructure(ReadOnlyMemory<byte> fields, ReadOnlyMemory<byte> strings)
    {
        _fields = fields;
        _strings = strings;
    }

    /// <summary>What it describes: 4 a processor socket, 17 a memory slot.</summary>
    public byte Type => _fields.Span[0];

    /// <summary>Bytes of the header and the fields.</summary>
    public int Length => _fields.Length;

    /// <summary>By which other structures refer to it.</summary>
    public ushort Handle => BinaryPrimitives.ReadUInt16LittleEndian(_fields.Span[2..]);

    /// <summary>A byte; null when the structure ends before.</summary>
    public byte? Byte(int offset) => Has(offset, 1) ? _fields.Span[offset] : null;

    /// <summary>A word of 16 bits; null when the structure ends before.</summary>
    public ushort? Word(int offset) => Has(offset, 2) ? BinaryPrimitives.ReadUInt16LittleEndian(_fields.Span[offset..]) : null;

    /// <summary>A word of 32 bits; null when the structure ends before.</summary>
    public uint? DoubleWord(int offset) => Has(offset, 4) ? BinaryPrimitives.ReadUInt32LittleEndian(_fields.Span[offset..]) : null;

    /// <summary>A word of 64 bits; null when the structure ends before.</summary>
    public ulong? QuadWord(int offset) => Has(offset, 8) ? BinaryPrimitives.ReadUInt64LittleEndian(_fields.Span[offset..]) : null;

    /// <summary>The string that the byte at an offset refers to, as the firmware has it; null for none and for a number without string.</summary>
    public string? Text(int offset)
    {
        int number = Byte(offset) ?? 0;
        ReadOnlySpan<byte> rest = _strings.Span;
        for (int i = 1; i <= number && !rest.IsEmpty; i++)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> one = end < 0 ? rest : rest[..end];
            if (i == number)
            {
                return Encoding.Latin1.GetString(one);
            }

            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return null;
    }

    private bool Has(int offset, int count) => offset >= 0 && offset + count <= _fields.Length;
}
