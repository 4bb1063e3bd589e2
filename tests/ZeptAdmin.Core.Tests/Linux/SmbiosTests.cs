using CsCheck;
using ZeptAdmin.Linux;
using ZeptAdmin.Tests.Memory;

namespace ZeptAdmin.Tests.Linux;

public sealed class SmbiosTests
{
    public static TheoryData<int, int> Sizes => new()
    {
        { 0x0000, 0 },
        { 0x8200, 0x200 },
        { 0x0400, 0x400 << 10 },
    };

    [Fact]
    public void Gives_the_figures_that_dmidecode_printed_on_66_servers()
    {
        Assert.Equal(66, DmiText.Servers.Count);
        int devices = 0;
        foreach (DmiText text in DmiText.Servers)
        {
            SmbiosEncoder encoder = SmbiosEncoder.Of(text);
            SmbiosTable table = Smbios.Parse(encoder.EntryPoint(text.Version), encoder.Table, text.Name);

            Assert.Null(table.Defect);
            Assert.Equal(text.Blocks.Select(block => (block.Type, block.Handle)), table.Structures.Select(structure => ((int)structure.Type, structure.Handle)));
            devices += DmiComparison.Compare(text, table);
        }

        Assert.Equal(1344, devices);
    }

    [Fact]
    public void Gives_the_figures_that_the_installed_dmidecode_reads_from_the_same_66_tables()
    {
        using TemporaryFolder folder = new();
        string dump = Path.Combine(folder.Path, "dump");
        int devices = 0;
        foreach (DmiText text in DmiText.Servers)
        {
            SmbiosEncoder encoder = SmbiosEncoder.Of(text);
            File.WriteAllBytes(dump, encoder.Dump(text.Version));
            DmiText read = DmiText.Parse(text.Name, ExternalTool.Run("dmidecode", "--from-dump", dump));

            Assert.Equal(text.Blocks.Length, read.Blocks.Length);
            devices += DmiComparison.Compare(read, Smbios.Parse(encoder.EntryPoint(text.Version), encoder.Table, text.Name));
        }

        Assert.Equal(1344, devices);
    }

    [Fact]
    public void Agrees_with_dmidecode_on_the_corners_that_no_server_has()
    {
        SmbiosEncoder encoder = new();
        encoder.Add(Device(0x5C).Word(0x0C, 0x8200).Word(0x15, 0xFFFF).DoubleWord(0x54, 70000).Word(0x20, 0xFFFF).DoubleWord(0x58, 66000));
        encoder.Add(Device(0x5C).Word(0x0C, 0x7FFF).DoubleWord(0x1C, 0x00100000).Byte(0x1B, 0xF4).Byte(0x0F, 0xFF));
        encoder.Add(Device(0x5C).Word(0x0C, 0xFFFF).Word(0x08, 0).Byte(0x28, 4).Byte(0x0E, 0x0D).Byte(0x12, 0x1F));
        encoder.Add(Device(0x1B).Word(0x0C, 0x0400).Word(0x15, 800));
        encoder.Add(Device(0x15).Word(0x0C, 0x7FFE).Word(0x13, 0xFFFE));
        encoder.Add(new SmbiosEncoder.Structure(16, 2, 0x17).Byte(0x05, 3).Byte(0x06, 7).DoubleWord(0x07, 0x80000000).QuadWord(0x0F, 1UL << 44).Word(0x0D, 5));
        encoder.Add(new SmbiosEncoder.Structure(4, 3, 0x30).Byte(0x05, 3).Byte(0x18, 0x41).Byte(0x23, 0xFF).Byte(0x24, 0xFF).Byte(0x25, 0xFF)
            .Word(0x2A, 288).Word(0x2C, 287).Word(0x2E, 576));
        encoder.Add(new SmbiosEncoder.Structure(127, 4, 4));
        using TemporaryFolder folder = new();
        string dump = Path.Combine(folder.Path, "dump");
        File.WriteAllBytes(dump, encoder.Dump("3.3.0"));

        DmiText read = DmiText.Parse("made up", ExternalTool.Run("dmidecode", "--from-dump", dump));

        Assert.Equal(5, DmiComparison.Compare(read, Smbios.Parse(encoder.EntryPoint("3.3.0"), encoder.Table, "made up")));
        static SmbiosEncoder.Structure Device(int length) => new SmbiosEncoder.Structure(17, 1, length).Byte(0x0E, 9).Byte(0x12, 0x1A).Text(0x10, "DIMM_A1");
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Reads_a_size_in_either_unit(int word, int kibibytes)
    {
        SmbiosEncoder encoder = new();
        encoder.Add(new SmbiosEncoder.Structure(17, 1, 0x28).Word(0x0C, word));

        Assert.Equal(kibibytes * 1024L, Parse(encoder).MemoryDevices[0].SizeBytes);
    }

    [Fact]
    public void Says_nothing_of_fields_that_a_short_structure_lacks()
    {
        SmbiosEncoder encoder = new();
        encoder.Add(new SmbiosEncoder.Structure(17, 1, 4));
        SmbiosMemoryDevice device = Parse(encoder).MemoryDevices[0];

        Assert.Equal((null, null, null, null, null), (device.SizeBytes, device.Locator, device.Type, device.RatedSpeed, device.ConfiguredSpeed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5F534D335F")]
    [InlineData("00000000000000000000000000000000000000000000000000000000")]
    public void Refuses_what_is_no_entry_point(string entryPoint) =>
        Assert.Throws<KernelFormatException>(() => Smbios.Parse(Convert.FromHexString(entryPoint), new byte[64], "entry"));

    [Fact]
    public void Refuses_an_entry_point_with_a_wrong_checksum()
    {
        byte[] entry = SmbiosEncoder.EntryPoint64([3, 2, 0], 64);
        entry[0x0C] ^= 1;

        Assert.Throws<KernelFormatException>(() => Smbios.Parse(entry, new byte[64], "entry"));
    }

    [Fact]
    public void Keeps_what_comes_before_a_broken_structure_and_tells()
    {
        SmbiosEncoder encoder = new();
        encoder.Add(new SmbiosEncoder.Structure(17, 1, 0x28).Text(0x10, "A1"));
        byte[] table = [.. encoder.Table, 17, 3, 0, 0, 0, 0];

        SmbiosTable read = Smbios.Parse(SmbiosEncoder.EntryPoint64([3, 2, 0], uint.MaxValue), table, "entry");

        Assert.Equal("A1", Assert.Single(read.MemoryDevices).Locator);
        Assert.NotNull(read.Defect);
    }

    [Fact]
    public void A_count_of_the_entry_point_is_a_limit_and_no_promise()
    {
        SmbiosEncoder encoder = new();
        encoder.Add(new SmbiosEncoder.Structure(17, 1, 0x28));
        encoder.Add(new SmbiosEncoder.Structure(17, 2, 0x28));

        Assert.Single(Smbios.Parse(SmbiosEncoder.EntryPoint32([2, 8], (ushort)encoder.Table.Length, 1), encoder.Table, "entry").Structures);
        Assert.Equal(2, Smbios.Parse(SmbiosEncoder.EntryPoint32([2, 8], ushort.MaxValue, ushort.MaxValue), encoder.Table, "entry").Structures.Count);
    }

    [Fact]
    public void Reads_the_single_entries_where_the_whole_table_is_not_there()
    {
        SmbiosEncoder first = new();
        first.Add(new SmbiosEncoder.Structure(17, 1, 0x28).Text(0x10, "A1"));
        SmbiosEncoder second = new();
        second.Add(new SmbiosEncoder.Structure(17, 2, 0x28).Text(0x10, "A2"));
        MemoryFolder root = new();
        _ = root.TryAdd("/sys/firmware/dmi/entries/17-0/raw", new MemoryFile(first.Table));
        _ = root.TryAdd("/sys/firmware/dmi/entries/17-10/raw", new MemoryFile(second.Table));
        _ = root.TryAdd("/sys/firmware/dmi/entries/17-2/raw", new MemoryFile(Errno.EACCES));

        Assert.Equal(["A1", "A2"], Smbios.Read(new CapturedFileTree(root)).Value.MemoryDevices.Select(device => device.Locator!));
    }

    [Fact]
    public void Names_the_capability_that_reading_needs()
    {
        MemoryFolder root = new();
        _ = root.TryAdd("/sys/firmware/dmi/tables/DMI", new MemoryFile(Errno.EACCES));
        Refusal? refusal = Smbios.Read(new CapturedFileTree(root)).Refusal;

        Assert.Equal((Errno.EACCES, "CAP_DAC_READ_SEARCH"), (refusal!.Errno, refusal.Capability));
        Assert.Equal(Errno.ENOENT, Smbios.Read(new CapturedFileTree(new MemoryFolder())).Refusal!.Errno);
    }

    [Fact]
    public void Noise_is_read_to_its_end_or_refused() =>
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Byte.Array[0, 40], Gen.Bool).Sample((table, entry, valid) =>
        {
            byte[] entryPoint = valid ? SmbiosEncoder.EntryPoint64([3, 2, 0], uint.MaxValue) : entry;
            TouchAll(entryPoint, table);
        });

    [Fact]
    public void Damaged_tables_of_real_servers_are_read_to_their_end_or_refused()
    {
        (byte[] EntryPoint, byte[] Table)[] machines =
            [.. DmiText.Servers.Select(text => (SmbiosEncoder.Of(text), text.Version)).Select(machine => (machine.Item1.EntryPoint(machine.Version), machine.Item1.Table))];
        Gen.Select(Gen.Int[0, machines.Length - 1], Gen.Int[0, int.MaxValue], Gen.Select(Gen.Int[0, int.MaxValue], Gen.OneOf(Gen.Byte, Gen.Const((byte)0), Gen.Const((byte)0xFF))).Array[0, 30], Gen.Int[0, 4]).Sample(
            (machine, cut, changes, kind) =>
            {
                byte[] table = [.. machines[machine].Table];
                byte[] entryPoint = kind == 0 ? SmbiosEncoder.EntryPoint32([2, 8], ushort.MaxValue, ushort.MaxValue) : [.. machines[machine].EntryPoint];
                foreach ((int at, byte value) in changes)
                {
                    (kind == 1 ? entryPoint : table)[at % (kind == 1 ? entryPoint.Length : table.Length)] = value;
                }

                TouchAll(entryPoint, kind == 2 ? table[..(cut % table.Length)] : table);
            },
            iter: 2000);
    }

    private static SmbiosTable Parse(SmbiosEncoder encoder) => Smbios.Parse(encoder.EntryPoint("3.2.0"), encoder.Table, "test");

    // Reads every property of every structure, and every place of a slot; only an entry point may be refused.
    private static void TouchAll(byte[] entryPoint, byte[] table)
    {
        SmbiosTable read;
        try
        {
            read = Smbios.Parse(entryPoint, table, "test");
        }
        catch (KernelFormatException)
        {
            return;
        }

        Assert.True(read.Structures.Count <= table.Length / 6);
        object?[] things = [read.Firmware, read.System, .. read.Boards, .. read.Processors, .. read.MemoryArrays, .. read.MemoryDevices];
        foreach (object? thing in things)
        {
            foreach (System.Reflection.PropertyInfo property in thing?.GetType().GetProperties() ?? [])
            {
                _ = property.GetValue(thing);
            }
        }

        SmbiosMemoryDevice[] slots = ZeptAdmin.Memory.MemoryModules.SystemMemory(read);
        Assert.Equal(slots.Length, ZeptAdmin.Memory.MemoryLocations.Find(slots, read.Processors).Places.Length);
    }
}
