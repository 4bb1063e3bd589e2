using System.Buffers.Binary;

namespace ZeptAdmin.Linux;

/// <summary>Reads the firmware's SMBIOS table: what the board says of itself, its sockets and its memory modules.</summary>
/// <remarks>
/// <para>Layout by DMTF DSP0134 (System Management BIOS Reference Specification). The length of a structure decides which of its fields
/// are there, not the version: firmware gets the version wrong, the length not.</para>
/// <para>The table is written by firmware and cannot be trusted: every offset is checked, each byte is looked at once, and what
/// comes behind a broken structure is left out (<see cref="SmbiosTable.Defect"/> says so).</para>
/// </remarks>
public static class Smbios
{
    private const string Tables = "/sys/firmware/dmi/tables";
    private const string Entries = "/sys/firmware/dmi/entries";

    // Handles have 16 bits, so no whole table has more.
    private const int MostStructures = 65536;
    private const byte EndOfTable = 127;

    /// <summary>Reads the table of a machine, from <c>/sys/firmware/dmi/tables</c> or else from <c>/sys/firmware/dmi/entries/*/raw</c>.</summary>
    /// <remarks>Both are for root alone (mode 0400, drivers/firmware/dmi_scan.c, dmi-sysfs.c), since serial numbers are in them.</remarks>
    /// <exception cref="KernelFormatException">The entry point is none.</exception>
    public static Answer<SmbiosTable> Read(FileTree files)
    {
        FileAnswer table = files.Read($"{Tables}/DMI");
        if (table.IsKnown)
        {
            FileAnswer entryPoint = files.Read($"{Tables}/smbios_entry_point");
            return entryPoint.IsKnown
                ? Parse(entryPoint.Bytes, table.Bytes, $"{Tables}/smbios_entry_point")
                : ParseStructures(table.Bytes, SmbiosVersion.Unknown, int.MaxValue, stopAtEnd: true);
        }

        List<(int Type, int Instance)> entries = [];
        foreach (string name in files.List(Entries))
        {
            string[] parts = name.Split('-');
            if (parts.Length == 2 && int.TryParse(parts[0], out int type) && int.TryParse(parts[1], out int instance))
            {
                entries.Add((type, instance));
            }
        }

        entries.Sort();
        Errno errno = table.Errno;
        List<SmbiosStructure> structures = [];
        foreach ((int type, int instance) in entries)
        {
            FileAnswer raw = files.Read($"{Entries}/{type}-{instance}/raw");
            if (raw.IsKnown)
            {
                structures.AddRange(ParseStructures(raw.Bytes, SmbiosVersion.Unknown, 1, stopAtEnd: false).Structures);
            }
            else if (errno == Errno.ENOENT)
            {
                errno = raw.Errno;
            }
        }

        return structures.Count > 0
            ? new SmbiosTable(SmbiosVersion.Unknown, [.. structures], defect: null)
            : new Refusal(errno, "read the SMBIOS table", $"{Tables}/DMI") { Capability = "CAP_DAC_READ_SEARCH" };
    }

    /// <summary>Reads a table with its entry point, the 32-bit (<c>_SM_</c>) or the 64-bit one (<c>_SM3_</c>).</summary>
    /// <param name="entryPoint">The entry point structure.</param>
    /// <param name="table">The bytes of the structure table.</param>
    /// <param name="source">Where the entry point is from, for the message.</param>
    /// <exception cref="KernelFormatException">The entry point is none: wrong anchor, too short, or a wrong checksum.</exception>
    public static SmbiosTable Parse(ReadOnlyMemory<byte> entryPoint, ReadOnlyMemory<byte> table, string source)
    {
        ReadOnlySpan<byte> entry = entryPoint.Span;
        if (entry.StartsWith("_SM3_"u8))
        {
            CheckEntryPoint(entry, lengthAt: 0x06, least: 0x18, source);

            // The length is an upper bound here; the end-of-table structure ends it.
            uint most = BinaryPrimitives.ReadUInt32LittleEndian(entry[0x0C..]);
            SmbiosVersion version = new(entry[0x07], entry[0x08], entry[0x09]);
            return ParseStructures(Cut(table, most), version, MostStructures, stopAtEnd: true);
        }

        if (entry.StartsWith("_SM_"u8))
        {
            // Some firmware gives 0x1E for the length 0x1F (an error of SMBIOS 2.1), so the last byte may be outside the checksum.
            CheckEntryPoint(entry, lengthAt: 0x05, least: 0x1E, source);
            ushort length = BinaryPrimitives.ReadUInt16LittleEndian(entry[0x16..]);
            ushort count = BinaryPrimitives.ReadUInt16LittleEndian(entry[0x1C..]);
            return ParseStructures(Cut(table, length), new SmbiosVersion(entry[0x06], entry[0x07], null), count, stopAtEnd: false);
        }

        throw new KernelFormatException(source, "this is no SMBIOS entry point");
    }

    private static void CheckEntryPoint(ReadOnlySpan<byte> entry, int lengthAt, int least, string source)
    {
        int length = entry.Length > lengthAt ? entry[lengthAt] : 0;
        if (length < least || length > entry.Length)
        {
            throw new KernelFormatException(source, "the SMBIOS entry point is cut off");
        }

        byte sum = 0;
        foreach (byte value in entry[..length])
        {
            sum += value;
        }

        if (sum != 0)
        {
            throw new KernelFormatException(source, "the checksum of the SMBIOS entry point is wrong");
        }
    }

    private static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> table, uint length) => length < (uint)table.Length ? table[..(int)length] : table;

    private static SmbiosTable ParseStructures(ReadOnlyMemory<byte> table, SmbiosVersion version, int count, bool stopAtEnd)
    {
        List<SmbiosStructure> structures = [];
        string? defect = null;
        int offset = 0;
        while (structures.Count < Math.Min(count, MostStructures) && table.Length - offset >= SmbiosStructure.HeaderLength)
        {
            int length = table.Span[offset + 1];
            if (length < SmbiosStructure.HeaderLength || length > table.Length - offset)
            {
                defect = $"structure {structures.Count + 1} has the length {length}; it and what follows is left out";
                break;
            }

            // Strings follow, each ended by a zero; one more zero ends them all.
            ReadOnlySpan<byte> behind = table.Span[(offset + length)..];
            int end = behind.IndexOf("\0\0"u8);
            if (end < 0)
            {
                defect = $"the strings of structure {structures.Count + 1} have no end; it and what follows is left out";
                break;
            }

            structures.Add(new SmbiosStructure(table.Slice(offset, length), table.Slice(offset + length, end)));
            offset += length + end + 2;
            if (stopAtEnd && structures[^1].Type == EndOfTable)
            {
                break;
            }
        }

        return new SmbiosTable(version, [.. structures], defect);
    }
}
