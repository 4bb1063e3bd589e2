using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Memory;

namespace ZeptAdmin.Tests.Vm;

/// <summary>The memory modules that the module read in the guest are those that dmidecode printed there.</summary>
public sealed class GuestMemoryTests(GuestResults guest) : IClassFixture<GuestResults>
{
    [Fact]
    public void Every_module_is_as_dmidecode_has_it()
    {
        string[] blocks = [.. GuestResults.Machine("dmidecode").Split("\n\n").Where(block => block.Contains("\nMemory Device\n", StringComparison.Ordinal))];
        MemoryModule[] read = guest.Records<MemoryModule>("Get-MemoryModule");

        Assert.NotEmpty(blocks);
        Assert.Equal(
            blocks.Select(block => string.Join('|', ((string[])["Locator", "Bank Locator", "Size", "Speed", "Configured Memory Speed", "Manufacturer", "Part Number", "Form Factor"])
                .Select(name => Regex.Match(block, $@"^\t{name}: (.*)$", RegexOptions.Multiline).Groups[1].Value))),
            read.Select(module => string.Join('|', module.Locator, module.BankLocator, Size(module.SizeBytes), Speed(module.RatedSpeed), Speed(module.ConfiguredSpeed),
                module.Manufacturer, module.PartNumber, module.FormFactor)));
        Assert.All(read, module => Assert.Equal((true, MemorySource.Smbios), (module.IsPopulated, module.Source)));
    }

    private static string Size(long? bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30} GB");

    private static string Speed(int? speed) => string.Create(CultureInfo.InvariantCulture, $"{speed} MT/s");
}
