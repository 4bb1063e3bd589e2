using ZeptAdmin.Linux;
using ZeptAdmin.Memory;

namespace ZeptAdmin.Tests.Memory;

/// <summary>The places of memory slots, against what a person counts in dmidecode's text.</summary>
public sealed class MemoryLocationsTests
{
    // Machine, packages, channels a package, labelled slots a package, channels with a module in each package: counted by hand from the texts, the
    // numbered ones (Dell A1, HPE, Lenovo System x) with the vendors' manuals beside. Null where the labels do not tell the channels.
    private static readonly Dictionary<string, (int Packages, int Channels, int Slots, string Filled)?> Counted = new()
    {
        ["ASRockRack_EP2C621D16-4LP_CC9122817B09"] = (2, 6, 8, "1 1"),
        ["ASRockRack_EP2C622D16-2T_68EDD12B1568"] = (2, 6, 8, "6 6"),
        ["ASUSTek_Computer_ESC4000_G2_Series_75FA7A6A974C"] = (2, 4, 8, "4 4"),
        ["ASUSTek_Computer_ESC4000_G4_E6BBA8966F48"] = (2, 6, 8, "6 6"),
        ["ASUSTek_Computer_ESC8000_G4_05733798C837"] = (2, 6, 12, "4 4"),
        ["ASUSTek_Computer_RS400-E8-PS2-F_B939D9497146"] = (2, 4, 8, "4 4"),
        ["ASUSTek_Computer_RS720A-E12-RS12_6002D3D7ADE4"] = (2, 12, 12, "12 12"),
        ["ASUSTek_Computer_RS720Q-E9-RS24-S_5DCDC5F18084"] = (2, 6, 6, "4 4"),
        ["Dell_C6100_FE20BCAD9039"] = null, // CPU0 and DIMM01 to 06 of three channels: the order is in no manual at hand
        ["Dell_CS24-TY_77C94ADE7569"] = (2, 3, 9, "3 3"),
        ["Dell_PowerEdge_1950_12946989497B"] = null, // front-side bus
        ["Dell_PowerEdge_2900_2D778EC201D6"] = null, // front-side bus
        ["Dell_PowerEdge_2970_1781E1C513ED"] = null, // DIMM1 to DIMM8, no package
        ["Dell_PowerEdge_C4140_944FAD941A1D"] = (2, 6, 12, "5 5"),
        ["Fujitsu_CELSIUS_R970_7E07629658CC"] = (2, 6, 8, "6 0"),
        ["Fujitsu_PRIMERGY_RX200_S6_A598FCA268BC"] = (2, 3, 6, "2 0"),
        ["Fujitsu_PRIMERGY_RX200_S8_1DC23A737F38"] = (2, 4, 12, "4 4"),
        ["Fujitsu_PRIMERGY_RX2450_M2_6F7BBA6E51B5"] = (2, 12, 12, "4 4"),
        ["Fujitsu_PRIMERGY_RX2540_M4_4D63FF3C8C3D"] = (2, 6, 12, "6 6"),
        ["Fujitsu_PRIMERGY_RX300_S5_8D101F548ADF"] = (2, 3, 9, "2 2"),
        ["Gigabyte_Technology_C621-SD8_M18802_AAAFBC4D907C"] = (2, 6, 12, "4 4"),
        ["Gigabyte_Technology_C621-SU8_M18818_E50340EDE30D"] = (2, 6, 12, "6 0"),
        ["Gigabyte_Technology_G250-G52-Sample-Dalco-002-XX_7DC253266755"] = (2, 4, 12, "4 4"),
        ["Gigabyte_Technology_G291-280-00_4775FC566851"] = (2, 6, 12, "4 4"),
        ["Gigabyte_Technology_G482-Z54-00_7CA16E0B16D7"] = (2, 8, 16, "8 8"),
        ["Gigabyte_Technology_MU71-SU0-00_01FB0C3391D1"] = (2, 6, 8, "6 0"),
        ["HPE_Cray_SC_XD665_64BB2DE4318F"] = (2, 12, 12, "12 12"),
        ["HPE_ProLiant_BL460c_Gen10_0D501A0F9103"] = null, // eight slots for six channels
        ["HPE_ProLiant_DL360_Gen10_0438CFCFB022"] = (2, 6, 12, "2 0"),
        ["HPE_ProLiant_DL360_Gen10_Plus_6004A3CDB655"] = (2, 8, 16, "2 2"),
        ["HPE_ProLiant_DL380_Gen11_89BBBA931D2E"] = (2, 8, 16, "4 4"),
        ["HPE_ProLiant_DL385_Gen10_Plus_v2_60D1FC014616"] = (2, 8, 16, "8 8"),
        ["HUAWEI_1288H_V5_96AA82145898"] = (2, 6, 12, "6 6"),
        ["HUAWEI_RH1288_V3_36A7C15772FE"] = (2, 4, 8, "2 2"),
        ["HUAWEI_RH2288H_V3_9A84058B41F9"] = (2, 4, 12, "2 2"),
        ["HUAWEI_TaiShan_2280_V2_2603C7B2E57E"] = (2, 8, 16, "8 8"),
        ["Hewlett-Packard_HP_NetServer_EC05DE7F9D5E"] = null, // front-side bus
        ["Hewlett-Packard_ProLiant_BL460c_G6_FA97A758D2C6"] = (2, 3, 6, "3 3"),
        ["Hewlett-Packard_ProLiant_BL460c_Gen8_1DB9D4472AA8"] = (2, 4, 8, "1 1"),
        ["Hewlett-Packard_ProLiant_BL460c_Gen9_10A191CF5774"] = (2, 4, 8, "4 4"),
        ["Hewlett-Packard_ProLiant_DL140_G2_7851FB932D49"] = null, // front-side bus
        ["Hewlett-Packard_ProLiant_DL145_G3_2E4995B9DE8A"] = null, // DIMM1 to DIMM8: the package, but not the channel
        ["Intel_AST2600EVB_BE9050B3ECF3"] = (2, 8, 16, "2 2"),
        ["Intel_ArcherCity_356135E81941"] = (2, 8, 16, "1 1"),
        ["Intel_EAGLESTREAM_8A9F2806489E"] = (2, 8, 16, "1 1"),
        ["Intel_LH_Pass_F215FA028B7D"] = (4, 4, 12, "4 4 4 4"),
        ["Intel_M70KLP2SB_M90598-001_3735307E5C03"] = (4, 6, 12, "6 6 6 6"),
        ["Intel_S2600CP_5F463C4DAE95"] = (2, 4, 8, "4 3"),
        ["Lenovo_4304E1U_ThinkServer_RD330_6F8A9549CD08"] = (2, 3, 6, "1 1"),
        ["Lenovo_70DC0021BN_ThinkServer_RD450_CED136D9B722"] = (2, 4, 8, "2 0"),
        ["Lenovo_70T5008FCN_RD450X_0343E094053B"] = (2, 4, 8, "4 4"),
        ["Lenovo_7X56CTO1WW_HR630X_560D5AFC1336"] = (2, 6, 12, "6 5"),
        ["Lenovo_System_x3550_M5_-_5463AC1_-_D5F70DC1EE21"] = (2, 4, 12, "4 4"),
        ["Lenovo_System_x3550_M5_-_8869AC1_-_3E30136DFAAF"] = (2, 4, 12, "3 3"),
        ["Supermicro_AS_-4124GS-TNR_54803F617EBD"] = (2, 8, 16, "8 8"),
        ["Supermicro_H8DCL_15FCD7D8671C"] = (2, 2, 4, "2 1"),
        ["Supermicro_H8DGT_035A76C9E895"] = (2, 4, 8, "4 4"),
        ["Supermicro_H8DGU_2827522B851B"] = (2, 4, 8, "4 4"),
        ["Supermicro_H8QGL_E3929CBFE2DD"] = (4, 4, 4, "4 4 4 4"),
        ["Supermicro_SSG-2028R-E1CR24L_5E432A80A4DB"] = (2, 4, 4, "4 4"),
        ["TYAN_Computer_B7109F77DV14HR-2T-N_91971D0E7746"] = (2, 6, 12, "5 5"),
        ["TYAN_Computer_S4882_84BBA0EA52AC"] = null, // H0_DIMM0 to 3: the package, but not the channel
        ["TYAN_Computer_S7002_2E94F60F60CB"] = null, // DIMM0 to DIMM3 in two groups
        ["TYAN_Computer_S7010_0C071F7B6B6A"] = (2, 3, 6, "3 0"),
        ["TYAN_Computer_S7025_49F38982A59C"] = null, // DIMM0 to DIMM3 in two groups
        ["TYAN_Computer_S8812_8BB655A4F737"] = null, // DIMM0 to DIMM31, no package
    };

    // Their channels come from the processor, so they confirm nothing about it.
    private static readonly string[] NumberedLabels = ["Dell: A1", "HPE: PROC", "Lenovo System x"];

    [Fact]
    public void The_hand_count_names_all_servers_and_leaves_twelve_out()
    {
        Assert.Equal(DmiText.Servers.Select(server => server.Name).Order(StringComparer.Ordinal), Counted.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(12, Counted.Values.Count(count => count is null));
    }

    [Fact]
    public void Finds_packages_channels_and_slots_as_a_person_counts_them()
    {
        List<string> differences = [];
        foreach (DmiText text in DmiText.Servers)
        {
            (MemoryModule[] modules, MemoryLocations locations) = Read(text);
            string expected = Counted[text.Name] is var (packages, channels, slots, filled) ? $"{packages} {channels} {slots} [{filled}]" : "unknown";
            string found = locations.Unknown is not null ? "unknown" : Describe(modules, locations.ChannelsPerPackage);
            if (expected != found)
            {
                differences.Add($"{text.Name}: counted {expected}, found {found} by '{locations.Pattern}'");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Fact]
    public void Labels_that_name_the_channel_confirm_the_channels_of_the_processors()
    {
        HashSet<string> confirmed = [];
        foreach (DmiText text in DmiText.Servers)
        {
            (_, MemoryLocations locations) = Read(text);
            if (locations is { Unknown: null, ProcessorChannels: int channels } && !NumberedLabels.Any(name => locations.Pattern!.StartsWith(name, StringComparison.Ordinal)))
            {
                Assert.True(locations.ChannelsPerPackage == channels, $"{text.Name}: labels {locations.ChannelsPerPackage}, processor {channels}");
                DmiBlock processor = text.OfType(4).First(block => block["Status"] != "Unpopulated");
                _ = confirmed.Add($"{processor["Signature"]?.Split(", Stepping")[0]}: {channels}");
            }
        }

        string[] expected =
        [
            "Family 16, Model 9: 4", "Family 21, Model 1: 4", "Family 21, Model 2: 2", "Family 21, Model 2: 4", "Family 23, Model 49: 8",
            "Family 25, Model 17: 12", "Type 0, Family 6, Model 143: 8", "Type 0, Family 6, Model 26: 3", "Type 0, Family 6, Model 44: 3",
            "Type 0, Family 6, Model 45: 3", "Type 0, Family 6, Model 45: 4", "Type 0, Family 6, Model 62: 4", "Type 0, Family 6, Model 63: 4",
            "Type 0, Family 6, Model 79: 4", "Type 0, Family 6, Model 85: 6",
        ];
        Assert.Equal(expected, confirmed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_two_slots_are_in_one_place_and_none_is_half_known()
    {
        foreach (DmiText text in DmiText.Servers)
        {
            (MemoryModule[] modules, MemoryLocations locations) = Read(text);
            (int?, int?, int?)[] places = [.. modules.Where(module => module.Channel is not null).Select(module => (module.Package, module.Channel, module.Slot))];

            Assert.Equal(places.Length, places.Distinct().Count());
            Assert.All(modules, module => Assert.Equal(module.Channel is null, module.Slot is null));
            Assert.All(modules, module => Assert.InRange(module.Slot ?? 0, 0, 2));
            Assert.All(modules, module => Assert.Equal(module.Package is null, module.LocatedBy is null));

            // Every module is somewhere, or the machine is told as unknown.
            Assert.True(locations.Unknown is not null || modules.Where(module => module.IsPopulated).All(module => module.Channel is not null), text.Name);
        }
    }

    [Fact]
    public void Totals_are_those_of_the_texts()
    {
        foreach (DmiText text in DmiText.Servers)
        {
            (MemoryModule[] modules, _) = Read(text);

            Assert.Equal(text.OfType(17).Sum(block => block.Bytes("Size") ?? 0), modules.Sum(module => module.SizeBytes ?? 0));
            Assert.Equal(text.OfType(17).Count(block => block["Size"] != "No Module Installed"), modules.Count(module => module.IsPopulated));
        }
    }

    [Fact]
    public void Tells_the_package_where_the_channel_cannot_be_told()
    {
        (MemoryModule[] modules, MemoryLocations locations) = Read(DmiText.Servers.Single(text => text.Name.StartsWith("HPE_ProLiant_BL460c_Gen10", StringComparison.Ordinal)));

        Assert.NotNull(locations.Unknown);
        Assert.Equal([(0, 8), (1, 8)], modules.GroupBy(module => module.Package).Select(package => (package.Key!.Value, package.Count())));
        Assert.All(modules, module => Assert.Null(module.Channel));
    }

    [Fact]
    public void Takes_no_channel_from_slots_that_do_not_divide_among_the_channels()
    {
        // PowerEdge R540: ten slots for the first package, six for the second, six channels each.
        SmbiosEncoder encoder = new();
        foreach (string locator in Enumerable.Range(1, 10).Select(i => $"A{i}").Concat(Enumerable.Range(1, 6).Select(i => $"B{i}")))
        {
            encoder.Add(new SmbiosEncoder.Structure(17, 1, 0x54).Word(0x0C, 0x4000).Text(0x10, locator));
        }

        for (int i = 0; i < 2; i++)
        {
            encoder.Add(new SmbiosEncoder.Structure(4, 2, 0x30).Byte(0x05, 3).Byte(0x18, 0x41).Text(0x07, "Intel").Text(0x10, "Intel(R) Xeon(R) Gold 6130").DoubleWord(0x08, 0x00050654));
        }

        SmbiosTable table = Smbios.Parse(encoder.EntryPoint("3.2.0"), encoder.Table, "made up");
        MemoryLocations locations = MemoryLocations.Find(table.MemoryDevices, table.Processors);

        Assert.NotNull(locations.Unknown);
        Assert.Equal(10, locations.Places.Count(place => place.Package == 0));
    }

    internal static (MemoryModule[] Modules, MemoryLocations Locations) Read(DmiText text)
    {
        SmbiosEncoder encoder = SmbiosEncoder.Of(text);
        SmbiosTable table = Smbios.Parse(encoder.EntryPoint(text.Version), encoder.Table, text.Name);
        MemoryLocations locations = MemoryLocations.Find(MemoryModules.SystemMemory(table), table.Processors);
        return (MemoryModules.Of(table, locations), locations);
    }

    private static string Describe(MemoryModule[] modules, int? channels)
    {
        IGrouping<int?, MemoryModule>[] packages = [.. modules.Where(module => module.Package is not null).GroupBy(module => module.Package).OrderBy(package => package.Key)];
        string slots = string.Join('/', packages.Select(package => package.Count()).Distinct());
        string filled = string.Join(' ', packages.Select(package => package.Where(module => module.IsPopulated).Select(module => module.Channel).Distinct().Count()));
        return $"{packages.Length} {channels} {slots} [{filled}]";
    }
}
