using ZeptAdmin.Linux;
using ZeptAdmin.Memory;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Memory;

public sealed class MemoryLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("HUAWEI_TaiShan_2280", "C1 Pass Pass, C2 Pass Pass, C3 Pass Pass, C4 Pass Pass, C5 Pass Pass, balance Pass")]
    [InlineData("ASRockRack_EP2C621D16", "C1 Fail Fail, C2 Pass Pass, C3 Warn Warn, C4 Pass Pass, C5 Pass Pass, balance Pass")]
    [InlineData("Lenovo_7X56CTO1WW_HR630X", "C1 Pass Fail, C2 Pass Pass, C3 Warn Warn, C4 Pass Pass, C5 Pass Pass, balance Warn")]
    [InlineData("Intel_S2600CP", "C1 Pass Fail, C2 Warn Warn, C3 Unknown Unknown, C4 Warn Warn, C5 Warn Pass, balance Warn")]
    [InlineData("ASUSTek_Computer_ESC4000_G4", "C1 Pass Pass, C2 Pass Pass, C3 Pass Pass, C4 Pass Pass, C5 Pass Pass, balance Pass")]
    [InlineData("Fujitsu_CELSIUS_R970", "C1 Pass, C2 Pass, C3 Warn, C4 Pass, C5 Pass, balance NotApplicable")]
    [InlineData("Lenovo_System_x3550_M5_-_8869AC1", "C1 Fail Fail, C2 Pass Pass, C3 Warn Warn, C4 Warn Warn, C5 Pass Pass, balance Pass")]
    [InlineData("Gigabyte_Technology_MU71", "C1 Pass, C2 Pass, C3 Pass, C4 Pass, C5 Warn, balance NotApplicable")]
    [InlineData("HPE_ProLiant_BL460c_Gen10", "C1 Fail Fail, C2 Unknown Unknown, C3 Warn Warn, C4 Pass Pass, C5 Pass Pass, balance Pass")]
    [InlineData("Dell_PowerEdge_2900", "C1 Unknown, C2 Unknown, C3 Unknown, C4 Pass, C5 Pass, balance Unknown")]
    [InlineData("TYAN_Computer_S8812", "C1 Unknown, C2 Unknown, C3 Unknown, C4 Pass, C5 Pass, balance Unknown")]
    [InlineData("TYAN_Computer_S7002", "C1 Unknown, C2 Unknown, C3 Unknown, C4 Unknown, C5 Unknown, balance Unknown")]
    public void Judges_servers_as_the_texts_say(string server, string expected)
    {
        MemoryCheck[] checks = MemoryLayout.Test(Machine(DmiText.Servers.Single(text => text.Name.StartsWith(server, StringComparison.Ordinal))));

        Assert.Equal(expected, string.Join(", ", checks.GroupBy(check => check.Id).Select(rule =>
            $"{(rule.Key == "C1.PackageBalance" ? "balance" : rule.Key[..2])} {string.Join(' ', rule.Select(check => check.Severity))}")));
    }

    [Fact]
    public void Says_what_to_do_about_every_warning_and_nothing_where_all_is_well()
    {
        foreach (DmiText text in DmiText.Servers)
        {
            MemoryCheck[] checks = MemoryLayout.Test(Machine(text));

            Assert.Equal(6, checks.Select(check => check.Id).Distinct().Count());
            Assert.All(checks, check => Assert.Equal(check.Severity is CheckSeverity.Warn or CheckSeverity.Fail, check.Remedy.Length > 0));
            Assert.All(checks, check => Assert.True(check.Actual.Length > 0 && check.Expected.Length > 0 && check.Why.Length > 0 && check.Reference.Length > 0));
        }
    }

    [Fact]
    public void Names_the_slots_to_fill()
    {
        MemoryCheck check = MemoryLayout.Test(Machine(DmiText.Servers.Single(text => text.Name.StartsWith("Gigabyte_Technology_C621-SD8", StringComparison.Ordinal))))[0];

        Assert.Equal((CheckSeverity.Fail, 0, "4 of 6 channels filled"), (check.Severity, check.Package, check.Actual));
        Assert.Contains("CPU1_DIMM_C1, CPU1_DIMM_F1,", check.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_modules_a_channel_and_unequal_channels_are_told()
    {
        Assert.Equal("3 in each channel", Depth("P1-DIMMA1 P1-DIMMA2 P1-DIMMA3 P1-DIMMB1 P1-DIMMB2 P1-DIMMB3", CheckSeverity.Warn));
        Assert.Equal("1 and 2, by channel", Depth("P1-DIMMA1 P1-DIMMA2 P1-DIMMB1 -P1-DIMMB2", CheckSeverity.Warn));
        Assert.Equal("2 in each channel", Depth("P1-DIMMA1 P1-DIMMA2 P1-DIMMB1 P1-DIMMB2", CheckSeverity.Pass));
    }

    [Fact]
    public void Compares_no_speeds_when_one_is_unknown()
    {
        MemoryCheck[] checks = MemoryLayout.Test(Setting("P1-DIMMA1", "P1-DIMMB1"));

        Assert.Equal(CheckSeverity.Unknown, checks.Single(check => check.Id == "C3.MemorySpeed").Severity);
    }

    [Theory]
    [InlineData("sys/class/dmi/id/sys_vendor", "QEMU\n")]
    [InlineData("sys/class/dmi/id/product_name", "Virtual Machine\n")]
    [InlineData("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor lahf_lm\n")]
    public void The_made_up_modules_of_a_virtual_machine_are_not_judged(string file, string content)
    {
        _ = _folder.Write(file, content);
        using Sensor sensor = Machine(DmiText.Parse("vm", "SMBIOS 2.8 present.\n\nHandle 0x0001, DMI type 17, 40 bytes\nMemory Device\n\tSize: 8 GB\n\tLocator: DIMM 0\n\tType: RAM\n"), ".");
        MemoryCheck[] checks = MemoryLayout.Test(sensor);

        Assert.Equal(6, checks.Length);
        Assert.All(checks, check => Assert.Equal(CheckSeverity.NotApplicable, check.Severity));
    }

    [Fact]
    public void A_broken_entry_point_is_unknown_and_not_an_exception()
    {
        _ = _folder.Write("sys/firmware/dmi/tables/DMI", "rubbish");
        _ = _folder.Write("sys/firmware/dmi/tables/smbios_entry_point", "rubbish");
        using Sensor sensor = Sensor.Open(_folder.Path);

        Assert.All(MemoryLayout.Test(sensor), check => Assert.Equal(CheckSeverity.Unknown, check.Severity));
        Assert.Throws<KernelFormatException>(() => MemoryModules.Get(sensor));
    }

    [Fact]
    public void A_snapshot_without_a_table_is_unknown_with_the_reason()
    {
        _ = _folder.Write("proc/version", "Linux\n");
        using Sensor sensor = Sensor.Open(_folder.Path);

        Assert.All(MemoryLayout.Test(sensor), check => Assert.Equal(CheckSeverity.Unknown, check.Severity));
        Assert.Equal(Errno.ENOENT, MemoryModules.Get(sensor).Refusal!.Errno);
    }

    [Fact]
    public void The_kernels_driver_stands_in_for_a_table_that_only_root_may_read()
    {
        // Two packages of two controllers with three channels: the second package lacks a channel of its second controller.
        for (int package = 0; package < 2; package++)
        {
            for (int controller = 0; controller < 2; controller++)
            {
                string folder = $"sys/devices/system/edac/mc/mc{(package * 2) + controller}";
                _ = _folder.Write($"{folder}/mc_name", $"Skylake Socket#{package} IMC#{controller}\n");
                _ = _folder.Write($"{folder}/max_location", "channel 2 slot 1 \n");
                for (int channel = 0; channel < (package == 1 && controller == 1 ? 2 : 3); channel++)
                {
                    _ = _folder.Write($"{folder}/dimm{channel * 2}/dimm_label", $"CPU_SrcID#{package}_MC#{controller}_Chan#{channel}_DIMM#0\n");
                    _ = _folder.Write($"{folder}/dimm{channel * 2}/dimm_location", $"channel {channel} slot 0 \n");
                    _ = _folder.Write($"{folder}/dimm{channel * 2}/dimm_mem_type", "Registered-DDR4\n");
                    _ = _folder.Write($"{folder}/dimm{channel * 2}/size", "16384\n");
                }
            }
        }

        using Sensor sensor = Sensor.Open(_folder.Path);
        MemoryModule[] modules = MemoryModules.Get(sensor).Value;

        Assert.Equal(11, modules.Length);
        Assert.All(modules, module => Assert.Equal((MemorySource.Edac, "EDAC", "DDR4", 17179869184L), (module.Source, module.LocatedBy, module.Type, module.SizeBytes)));
        Assert.Equal([0, 1, 2, 3, 4, 5], modules.Where(module => module.Package == 0).Select(module => module.Channel!.Value));
        MemoryCheck[] checks = MemoryLayout.Test(sensor);
        Assert.Equal([CheckSeverity.Pass, CheckSeverity.Fail], checks.Where(check => check.Id == "C1.MemoryChannels").Select(check => check.Severity));
        Assert.Equal("5 of 6 channels filled", checks[1].Actual);
        Assert.Equal(CheckSeverity.Warn, checks.Single(check => check.Id == "C1.PackageBalance").Severity);
    }

    [Fact]
    public void The_kernels_driver_helps_where_the_labels_say_nothing()
    {
        _ = _folder.Write("sys/devices/system/edac/mc/mc0/mc_name", "Sandy Bridge SrcID#0_Ha#0\n");
        _ = _folder.Write("sys/devices/system/edac/mc/mc0/max_location", "channel 1 slot 0 \n");
        for (int channel = 0; channel < 2; channel++)
        {
            _ = _folder.Write($"sys/devices/system/edac/mc/mc0/dimm{channel}/dimm_label", $"CPU_SrcID#0_Ha#0_Chan#{channel}_DIMM#0\n");
            _ = _folder.Write($"sys/devices/system/edac/mc/mc0/dimm{channel}/size", "8192\n");
        }

        using Sensor sensor = Machine(DmiText.Servers.Single(text => text.Name.StartsWith("TYAN_Computer_S8812", StringComparison.Ordinal)), ".");
        MemoryCheck[] checks = MemoryLayout.Test(sensor);

        Assert.Equal((CheckSeverity.Pass, "2 of 2 channels filled"), (checks[0].Severity, checks[0].Actual));
        Assert.Equal("16 x 4 GiB", checks.Single(check => check.Id == "C4.EqualSizes").Actual);
    }

    private static MemorySetting Setting(params string[] locators)
    {
        SmbiosEncoder encoder = new();
        foreach (string locator in locators)
        {
            encoder.Add(new SmbiosEncoder.Structure(17, 1, 0x28).Word(0x0C, locator[0] == '-' ? 0 : 0x2000).Text(0x10, locator.TrimStart('-')));
        }

        SmbiosTable table = Smbios.Parse(encoder.EntryPoint("3.2.0"), encoder.Table, "made up");
        MemoryLocations locations = MemoryLocations.Find(table.MemoryDevices, table.Processors);
        return new MemorySetting(MemoryModules.Of(table, locations), locations.ChannelsPerPackage, null, [true], locations.Unknown);
    }

    private static string Depth(string locators, CheckSeverity verdict)
    {
        MemoryCheck check = MemoryLayout.Test(Setting(locators.Split(' '))).Single(check => check.Id == "C2.DimmsPerChannel");
        Assert.Equal(verdict, check.Severity);
        return check.Actual;
    }

    // Each server in a folder of its own, unless other files of it are there.
    private Sensor Machine(DmiText text, string? folder = null)
    {
        SmbiosEncoder encoder = SmbiosEncoder.Of(text);
        string root = Path.GetFullPath(Path.Combine(_folder.Path, folder ?? text.Name));
        string tables = Path.Combine(root, "sys/firmware/dmi/tables");
        _ = Directory.CreateDirectory(tables);
        File.WriteAllBytes(Path.Combine(tables, "DMI"), encoder.Table);
        File.WriteAllBytes(Path.Combine(tables, "smbios_entry_point"), encoder.EntryPoint(text.Version));
        return Sensor.Open(root);
    }
}
