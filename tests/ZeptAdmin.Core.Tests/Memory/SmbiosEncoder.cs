using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ZeptAdmin.Tests.Memory;

/// <summary>Writes SMBIOS tables, by the specification: of what dmidecode printed, or structure by structure.</summary>
internal sealed class SmbiosEncoder
{
    private static readonly Dictionary<string, byte> FormFactors = new() { ["Unknown"] = 0x02, ["DIMM"] = 0x09, ["SODIMM"] = 0x0D, ["FB-DIMM"] = 0x0F };

    private static readonly Dictionary<string, byte> MemoryTypes = new()
    {
        ["Other"] = 0x01,
        ["Unknown"] = 0x02,
        ["DRAM"] = 0x03,
        ["DDR"] = 0x12,
        ["DDR2"] = 0x13,
        ["DDR2 FB-DIMM"] = 0x14,
        ["DDR3"] = 0x18,
        ["DDR4"] = 0x1A,
        ["DDR5"] = 0x22,
    };

    private static readonly (string Name, int Bit)[] TypeDetails =
        [("Other", 1), ("Unknown", 2), ("Synchronous", 7), ("EDO", 9), ("Registered (Buffered)", 13), ("Unbuffered (Unregistered)", 14), ("LRDIMM", 15)];

    private static readonly Dictionary<string, byte> Upgrades = new() { ["Socket G34"] = 0x1A, ["Socket C32"] = 0x1C };

    private readonly List<byte[]> _structures = [];

    public int Count => _structures.Count;

    /// <summary>The whole table.</summary>
    public byte[] Table => [.. _structures.SelectMany(structure => structure)];

    /// <summary>The table that dmidecode must have seen. What it did not print of a known structure is zero.</summary>
    public static SmbiosEncoder Of(DmiText text)
    {
        SmbiosEncoder encoder = new();
        foreach (DmiBlock block in text.Blocks)
        {
            Structure structure = new((byte)block.Type, block.Handle, block.Length);
            Fill(structure, block);
            encoder.Add(structure);
        }

        return encoder;
    }

    public void Add(Structure structure) => _structures.Add(structure.ToBytes());

    /// <summary>The 32-bit entry point, or the 64-bit one for a version of three parts, with the table 32 bytes from its start.</summary>
    public byte[] EntryPoint(string version)
    {
        int[] parts = [.. version.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        return parts.Length == 3 ? EntryPoint64(parts, (uint)Table.Length) : EntryPoint32(parts, (ushort)Table.Length, (ushort)Count);
    }

    public static byte[] EntryPoint64(int[] version, uint length)
    {
        byte[] entry = new byte[0x18];
        "_SM3_"u8.CopyTo(entry);
        entry[0x06] = 0x18;
        (entry[0x07], entry[0x08], entry[0x09], entry[0x0A]) = ((byte)version[0], (byte)version[1], (byte)version[2], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(0x0C), length);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(0x10), 32);
        entry[0x05] = Complement(entry);
        return entry;
    }

    public static byte[] EntryPoint32(int[] version, ushort length, ushort count)
    {
        byte[] entry = new byte[0x1F];
        "_SM_"u8.CopyTo(entry);
        "_DMI_"u8.CopyTo(entry.AsSpan(0x10));
        (entry[0x05], entry[0x06], entry[0x07]) = (0x1F, (byte)version[0], (byte)version[1]);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(0x16), length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(0x18), 32);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(0x1C), count);
        entry[0x15] = Complement(entry.AsSpan(0x10));
        entry[0x04] = Complement(entry);
        return entry;
    }

    /// <summary>A file as dmidecode --dump-bin writes it.</summary>
    public byte[] Dump(string version)
    {
        byte[] entry = EntryPoint(version);
        return [.. entry, .. new byte[32 - entry.Length], .. Table];
    }

    private static byte Complement(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return (byte)-sum;
    }

    private static void Fill(Structure structure, DmiBlock block)
    {
        switch (block.Type)
        {
            case 0:
                structure.Text(0x04, block["Vendor"]).Text(0x05, block["Version"]).Text(0x08, block["Release Date"]);
                break;
            case 1 or 2:
                structure.Text(0x04, block["Manufacturer"]).Text(0x05, block["Product Name"]).Text(0x06, block["Version"]);
                break;
            case 4:
                FillProcessor(structure, block);
                break;
            case 16:
                FillArray(structure, block);
                break;
            case 17:
                FillDevice(structure, block);
                break;
            case >= 128 when block.Lists.TryGetValue("Header and Data", out List<string>? lines):
                byte[] raw = Convert.FromHexString(string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
                raw.CopyTo(structure.Fields, 0);
                break;
        }
    }

    private static void FillProcessor(Structure structure, DmiBlock block)
    {
        structure.Text(0x04, block["Socket Designation"]).Byte(0x05, block["Type"] == "Central Processor" ? 3 : 0).Byte(0x06, block["Family"] switch { "Xeon" => 0xB3, "Zen" => 0x6B, "Opteron" => 0x84, _ => 1 })
            .Text(0x07, block["Manufacturer"]).Text(0x10, block["Version"]).Text(0x22, block["Part Number"])
            .Word(0x12, block.Number("External Clock") ?? 0).Word(0x14, block.Number("Max Speed") ?? 0).Word(0x16, block.Number("Current Speed") ?? 0)
            .Byte(0x19, Upgrades.GetValueOrDefault(block["Upgrade"] ?? "", (byte)1))
            .Byte(0x23, block.Number("Core Count") ?? 0).Byte(0x24, block.Number("Core Enabled") ?? 0).Byte(0x25, block.Number("Thread Count") ?? 0);
        structure.Byte(0x18, block["Status"] switch
        {
            "Unpopulated" => 0x00,
            "Populated, Enabled" => 0x41,
            "Populated, Disabled By BIOS" => 0x43,
            "Populated, Idle" => 0x44,
            string status => throw new NotSupportedException(status),
            null => 0x00,
        });
        if (block["ID"] is string id)
        {
            Convert.FromHexString(id.Replace(" ", "", StringComparison.Ordinal)).CopyTo(structure.Fields, 0x08);
        }
    }

    private static void FillArray(Structure structure, DmiBlock block)
    {
        long kibibytes = (block.Bytes("Maximum Capacity") ?? 0) >> 10;
        structure.Byte(0x04, 3).Byte(0x05, block["Use"] == "System Memory" ? 3 : 2)
            .Byte(0x06, block["Error Correction Type"] switch { "Single-bit ECC" => 5, "Multi-bit ECC" => 6, _ => 2 })
            .Word(0x0B, block.HandleOf("Error Information Handle") ?? 0xFFFE).Word(0x0D, block.Number("Number Of Devices") ?? 0);
        if (kibibytes < 0x80000000 && structure.Fields.Length < 0x17)
        {
            structure.DoubleWord(0x07, (uint)kibibytes);
        }
        else
        {
            structure.DoubleWord(0x07, 0x80000000).QuadWord(0x0F, (ulong)kibibytes << 10);
        }
    }

    private static void FillDevice(Structure structure, DmiBlock block)
    {
        long? mebibytes = block.Bytes("Size") >> 20;
        structure.Word(0x04, block.HandleOf("Array Handle") ?? 0).Word(0x06, block.HandleOf("Error Information Handle") ?? 0xFFFE)
            .Word(0x08, block.Number("Total Width") ?? 0xFFFF).Word(0x0A, block.Number("Data Width") ?? 0xFFFF)
            .Word(0x0C, mebibytes is null ? 0xFFFF : mebibytes >= 0x7FFF ? 0x7FFF : (int)mebibytes)
            .Byte(0x0E, FormFactors.GetValueOrDefault(block["Form Factor"] ?? "", (byte)0xEE))
            .Byte(0x0F, block["Set"] == "Unknown" ? 0xFF : block.Number("Set") ?? 0)
            .Text(0x10, block["Locator"]).Text(0x11, block["Bank Locator"])
            .Byte(0x12, MemoryTypes.GetValueOrDefault(block["Type"] ?? "", (byte)0xEE))
            .Word(0x13, TypeDetails.Where(detail => (block["Type Detail"] ?? "").Contains(detail.Name, StringComparison.Ordinal)).Sum(detail => 1 << detail.Bit))
            .Word(0x15, block.Number("Speed") ?? 0).Text(0x17, block["Manufacturer"]).Text(0x1A, block["Part Number"])
            .Byte(0x1B, block.Number("Rank") ?? 0)
            .DoubleWord(0x1C, mebibytes >= 0x7FFF ? (uint)mebibytes : 0)
            .Word(0x20, block.Number("Configured Memory Speed") ?? block.Number("Configured Clock Speed") ?? 0)
            .Word(0x22, block.Millivolts("Minimum Voltage") ?? 0).Word(0x24, block.Millivolts("Maximum Voltage") ?? 0).Word(0x26, block.Millivolts("Configured Voltage") ?? 0)
            .Byte(0x28, block["Memory Technology"] switch { "Unknown" => 2, "DRAM" => 3, _ => 0xEE })
            .QuadWord(0x34, Size(block, "Non-Volatile Size")).QuadWord(0x3C, Size(block, "Volatile Size"))
            .QuadWord(0x44, Size(block, "Cache Size")).QuadWord(0x4C, Size(block, "Logical Size"));
    }

    private static ulong Size(DmiBlock block, string key) => block[key] is null ? 0 : (ulong?)block.Bytes(key) ?? ulong.MaxValue;

    /// <summary>One structure under construction; what lies behind its length is not written.</summary>
    internal sealed class Structure
    {
        private readonly List<string> _strings = [];

        public Structure(byte type, ushort handle, int length)
        {
            Fields = new byte[length];
            (Fields[0], Fields[1]) = (type, (byte)length);
            BinaryPrimitives.WriteUInt16LittleEndian(Fields.AsSpan(2), handle);
        }

        public byte[] Fields { get; }

        public Structure Byte(int offset, int value) => Put(offset, [(byte)value]);

        public Structure Word(int offset, int value) => Put(offset, BitConverter.GetBytes((ushort)value));

        public Structure DoubleWord(int offset, uint value) => Put(offset, BitConverter.GetBytes(value));

        public Structure QuadWord(int offset, ulong value) => Put(offset, BitConverter.GetBytes(value));

        public Structure Text(int offset, string? value)
        {
            if (value is null or "Not Specified" || offset >= Fields.Length)
            {
                return this;
            }

            if (value == "<BAD INDEX>")
            {
                return Byte(offset, 99);
            }

            // A string of SMBIOS cannot be empty; what dmidecode shows as nothing are blanks.
            _strings.Add(value.Length == 0 ? " " : value);
            return Byte(offset, _strings.Count);
        }

        public byte[] ToBytes() =>
            [.. Fields, .. _strings.SelectMany(text => (byte[])[.. Encoding.Latin1.GetBytes(text), 0]), 0, .. _strings.Count == 0 ? new byte[1] : []];

        private Structure Put(int offset, byte[] bytes)
        {
            if (offset + bytes.Length <= Fields.Length)
            {
                bytes.CopyTo(Fields, offset);
            }

            return this;
        }
    }
}
