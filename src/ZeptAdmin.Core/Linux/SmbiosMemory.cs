namespace ZeptAdmin.Linux;

/// <summary>A group of memory slots (SMBIOS type 16).</summary>
/// <param name="structure">The structure.</param>
public sealed class SmbiosMemoryArray(SmbiosStructure structure)
{
    /// <summary>By which memory slots refer to it.</summary>
    public ushort Handle => structure.Handle;

    /// <summary>What the memory is for; null when the firmware says nothing in the specification.</summary>
    public string? Use => SmbiosNames.Find(SmbiosNames.ArrayUse, structure.Byte(0x05));

    /// <summary>True for main memory; video, flash and cache arrays are none of it.</summary>
    public bool IsSystemMemory => structure.Byte(0x05) == 0x03;

    /// <summary>Error correction; null when the firmware says nothing in the specification.</summary>
    public string? ErrorCorrection => SmbiosNames.Find(SmbiosNames.ErrorCorrection, structure.Byte(0x06));

    /// <summary>Most memory that fits, in bytes; null when unknown.</summary>
    /// <remarks>0x80000000 KiB means: see the extended field.</remarks>
    public long? MaximumBytes => structure.DoubleWord(0x07) switch
    {
        null => null,
        0x80000000 => structure.QuadWord(0x0F) is ulong bytes and <= long.MaxValue ? (long)bytes : null,
        uint kibibytes => kibibytes * 1024L,
    };

    /// <summary>Number of slots.</summary>
    public int? DeviceCount => structure.Word(0x0D);
}

/// <summary>A memory slot and the module in it (SMBIOS type 17, "Memory Device").</summary>
/// <remarks>
/// Null means that the firmware does not know or that its table is too old to say. Serial number and asset tag are not read.
/// </remarks>
/// <param name="structure">The structure.</param>
public sealed class SmbiosMemoryDevice(SmbiosStructure structure)
{
    /// <summary>Handle of the structure.</summary>
    public ushort Handle => structure.Handle;

    /// <summary>Handle of the group of slots that it belongs to.</summary>
    public ushort? ArrayHandle => structure.Word(0x04);

    /// <summary>Bits with error correction.</summary>
    public int? TotalWidth => structure.Word(0x08) is ushort bits and not (0 or 0xFFFF) ? bits : null;

    /// <summary>Bits of data.</summary>
    public int? DataWidth => structure.Word(0x0A) is ushort bits and not (0 or 0xFFFF) ? bits : null;

    /// <summary>Size in bytes; 0 for an empty slot, null when the firmware does not know.</summary>
    /// <remarks>Bit 15 set means KiB, clear MiB; 0x7FFF means the 31 bits of MiB at 0x1C (since SMBIOS 2.7).</remarks>
    public long? SizeBytes => structure.Word(0x0C) switch
    {
        null or 0xFFFF => null,
        0x7FFF when structure.DoubleWord(0x1C) is uint mebibytes => (mebibytes & 0x7FFFFFFF) * 1048576L,
        ushort size when (size & 0x8000) != 0 => (size & 0x7FFF) * 1024L,
        ushort size => size * 1048576L,
    };

    /// <summary>Form factor: DIMM, SODIMM; null for a code outside the specification.</summary>
    public string? FormFactor => SmbiosNames.Find(SmbiosNames.FormFactor, structure.Byte(0x0E));

    /// <summary>Number of the set of modules that must be filled together; 0 for none, null when unknown.</summary>
    public int? Set => structure.Byte(0x0F) is byte number and not 0xFF ? number : null;

    /// <summary>Label of the slot, as printed on the board.</summary>
    public string? Locator => structure.Text(0x10);

    /// <summary>Label of the bank, which many boards use for node, channel and slot.</summary>
    public string? BankLocator => structure.Text(0x11);

    /// <summary>Kind of memory: DDR4, DDR5; null for a code outside the specification.</summary>
    public string? Type => SmbiosNames.Find(SmbiosNames.MemoryType, structure.Byte(0x12));

    /// <summary>Details of the kind: Synchronous, Registered (Buffered), LRDIMM; empty when none is told.</summary>
    public string[] TypeDetail
    {
        get
        {
            int bits = structure.Word(0x13) ?? 0;
            return [.. SmbiosNames.TypeDetail.Where((_, bit) => (bits & (2 << bit)) != 0)];
        }
    }

    /// <summary>Speed that the module is made for, in MT/s.</summary>
    /// <remarks>0xFFFF means the 31 bits at 0x54 (since SMBIOS 3.3).</remarks>
    public int? RatedSpeed => Speed(0x15, 0x54);

    /// <summary>Maker of the module.</summary>
    public string? Manufacturer => structure.Text(0x17);

    /// <summary>The maker's name for the module.</summary>
    public string? PartNumber => structure.Text(0x1A);

    /// <summary>Ranks.</summary>
    public int? Ranks => structure.Byte(0x1B) is byte attributes && (attributes & 0x0F) != 0 ? attributes & 0x0F : null;

    /// <summary>Speed that the memory controller runs the module at, in MT/s.</summary>
    /// <remarks>0xFFFF means the 31 bits at 0x58 (since SMBIOS 3.3).</remarks>
    public int? ConfiguredSpeed => Speed(0x20, 0x58);

    /// <summary>Lowest voltage, in mV.</summary>
    public int? MinimumMillivolts => Millivolts(0x22);

    /// <summary>Highest voltage, in mV.</summary>
    public int? MaximumMillivolts => Millivolts(0x24);

    /// <summary>Voltage in force, in mV.</summary>
    public int? ConfiguredMillivolts => Millivolts(0x26);

    /// <summary>Technology: DRAM, NVDIMM-N, Intel Optane persistent memory; null for a code outside the specification.</summary>
    public string? Technology => SmbiosNames.Find(SmbiosNames.Technology, structure.Byte(0x28));

    /// <summary>Bytes of volatile memory in the module; null when unknown.</summary>
    public long? VolatileBytes => Bytes(0x3C);

    /// <summary>Bytes of persistent memory in the module; null when unknown.</summary>
    public long? NonVolatileBytes => Bytes(0x34);

    private int? Speed(int offset, int extended) => structure.Word(offset) switch
    {
        null or 0 => null,
        0xFFFF => structure.DoubleWord(extended) is uint speed && (speed & 0x7FFFFFFF) != 0 ? (int)(speed & 0x7FFFFFFF) : null,
        ushort speed => speed,
    };

    private int? Millivolts(int offset) => structure.Word(offset) is ushort millivolts and not 0 ? millivolts : null;

    private long? Bytes(int offset) => structure.QuadWord(offset) is ulong bytes and <= long.MaxValue ? (long)bytes : null;
}
