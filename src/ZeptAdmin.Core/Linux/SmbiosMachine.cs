namespace ZeptAdmin.Linux;

/// <summary>The firmware (SMBIOS type 0).</summary>
/// <param name="structure">The structure.</param>
public sealed class SmbiosFirmware(SmbiosStructure structure)
{
    /// <summary>Maker of the firmware.</summary>
    public string? Vendor => structure.Text(0x04);

    /// <summary>Version of the firmware.</summary>
    public string? Version => structure.Text(0x05);

    /// <summary>Date of release, as the firmware writes it.</summary>
    public string? ReleaseDate => structure.Text(0x08);

    /// <summary>True when the firmware says that this is a virtual machine (extension byte 2, bit 4).</summary>
    public bool IsVirtualMachine => ((structure.Byte(0x13) ?? 0) & 0x10) != 0;
}

/// <summary>The system (SMBIOS type 1) or a board (type 2). Serial number, UUID and asset tag are not read.</summary>
/// <param name="structure">The structure.</param>
public sealed class SmbiosProduct(SmbiosStructure structure)
{
    /// <summary>Maker.</summary>
    public string? Manufacturer => structure.Text(0x04);

    /// <summary>Name of the product.</summary>
    public string? ProductName => structure.Text(0x05);

    /// <summary>Version of the product.</summary>
    public string? Version => structure.Text(0x06);
}

/// <summary>A processor socket (SMBIOS type 4). Serial number and asset tag are not read.</summary>
/// <param name="structure">The structure.</param>
public sealed class SmbiosProcessor(SmbiosStructure structure)
{
    /// <summary>Label of the socket.</summary>
    public string? SocketDesignation => structure.Text(0x04);

    /// <summary>True for a main processor; a coprocessor or DSP is none.</summary>
    /// <remarks>A code outside the specification (0 on blades of 2009) counts as one: nobody else writes such.</remarks>
    public bool IsCentral => structure.Byte(0x05) is not (0x04 or 0x05 or 0x06);

    /// <summary>Maker.</summary>
    public string? Manufacturer => structure.Text(0x07);

    /// <summary>The eight bytes of the processor id: on x86 the EAX and EDX of CPUID leaf 1.</summary>
    public ulong? Id => structure.QuadWord(0x08);

    /// <summary>Name of the processor.</summary>
    public string? Version => structure.Text(0x10);

    /// <summary>Highest clock that the socket takes, in MHz.</summary>
    public int? MaximumMegahertz => structure.Word(0x14) is ushort clock and not 0 ? clock : null;

    /// <summary>Clock when the firmware handed over, in MHz.</summary>
    public int? CurrentMegahertz => structure.Word(0x16) is ushort clock and not 0 ? clock : null;

    /// <summary>True when a processor is in the socket.</summary>
    public bool IsPopulated => ((structure.Byte(0x18) ?? 0) & 0x40) != 0;

    /// <summary>Code of the socket's kind (SMBIOS 7.5.5): 0x1A G34, 0x1C C32.</summary>
    public byte? Upgrade => structure.Byte(0x19);

    /// <summary>Cores; null when unknown.</summary>
    public int? Cores => Count(0x23, 0x2A);

    /// <summary>Cores that are enabled; null when unknown.</summary>
    public int? CoresEnabled => Count(0x24, 0x2C);

    /// <summary>Threads; null when unknown.</summary>
    public int? Threads => Count(0x25, 0x2E);

    /// <summary>Family of CPUID leaf 1, the extended family added; null without an id.</summary>
    public int? CpuidFamily => Id is ulong id and not 0 ? BaseFamily(id) + (BaseFamily(id) == 15 ? (int)(id >> 20) & 0xFF : 0) : null;

    /// <summary>Model of CPUID leaf 1, with the extended model where the family has one; null without an id.</summary>
    public int? CpuidModel =>
        Id is ulong id and not 0 ? ((int)(id >> 4) & 0x0F) + (BaseFamily(id) is 6 or 15 ? ((int)(id >> 16) & 0x0F) << 4 : 0) : null;

    private static int BaseFamily(ulong id) => (int)(id >> 8) & 0x0F;

    // 0xFF means: see the word at the end of the structure (since SMBIOS 3.0).
    private int? Count(int offset, int extended) => structure.Byte(offset) switch
    {
        null or 0 => null,
        0xFF when structure.Word(extended) is ushort count => count is 0 or 0xFFFF ? null : count,
        byte count => count,
    };
}
