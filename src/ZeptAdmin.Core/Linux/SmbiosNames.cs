namespace ZeptAdmin.Linux;

/// <summary>Names for the codes of SMBIOS (DMTF DSP0134 3.8, tables 7.17 and 7.18). Each table starts at code 1.</summary>
internal static class SmbiosNames
{
    /// <summary>7.17.2, use of a memory array.</summary>
    public static readonly string[] ArrayUse = ["Other", "Unknown", "System Memory", "Video Memory", "Flash Memory", "Non-volatile RAM", "Cache Memory"];

    /// <summary>7.17.3, error correction of a memory array.</summary>
    public static readonly string[] ErrorCorrection = ["Other", "Unknown", "None", "Parity", "Single-bit ECC", "Multi-bit ECC", "CRC"];

    /// <summary>7.18.1, form factor of a module.</summary>
    public static readonly string[] FormFactor =
    [
        "Other", "Unknown", "SIMM", "SIP", "Chip", "DIP", "ZIP", "Proprietary Card",
        "DIMM", "TSOP", "Row Of Chips", "RIMM", "SODIMM", "SRIMM", "FB-DIMM", "Die",
    ];

    /// <summary>7.18.2, kind of memory.</summary>
    public static readonly string[] MemoryType =
    [
        "Other", "Unknown", "DRAM", "EDRAM", "VRAM", "SRAM", "RAM", "ROM", "Flash", "EEPROM", "FEPROM", "EPROM", "CDRAM", "3DRAM",
        "SDRAM", "SGRAM", "RDRAM", "DDR", "DDR2", "DDR2 FB-DIMM", "Reserved", "Reserved", "Reserved", "DDR3", "FBD2", "DDR4",
        "LPDDR", "LPDDR2", "LPDDR3", "LPDDR4", "Logical non-volatile device", "HBM", "HBM2", "DDR5", "LPDDR5", "HBM3",
    ];

    /// <summary>7.18.3, details of the kind, from bit 1.</summary>
    public static readonly string[] TypeDetail =
    [
        "Other", "Unknown", "Fast-paged", "Static Column", "Pseudo-static", "RAMBus", "Synchronous", "CMOS", "EDO",
        "Window DRAM", "Cache DRAM", "Non-Volatile", "Registered (Buffered)", "Unbuffered (Unregistered)", "LRDIMM",
    ];

    /// <summary>7.18.6, technology of a module.</summary>
    public static readonly string[] Technology =
        ["Other", "Unknown", "DRAM", "NVDIMM-N", "NVDIMM-F", "NVDIMM-P", "Intel Optane persistent memory"];

    /// <summary>Name of a code; null for a code that the table lacks.</summary>
    public static string? Find(string[] names, byte? code) => code is byte number && number >= 1 && number <= names.Length ? names[number - 1] : null;
}
