using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Memory;

/// <summary>Holds what Smbios reads against what dmidecode printed, field for field.</summary>
internal static class DmiComparison
{
    /// <summary>Compares all structures; gives the number of memory devices compared.</summary>
    public static int Compare(DmiText text, SmbiosTable table)
    {
        if (text.OfType(0).FirstOrDefault() is DmiBlock firmware)
        {
            Same(text, firmware, firmware.Text("Vendor"), table.Firmware!.Vendor);
            Same(text, firmware, firmware.Text("Version"), table.Firmware.Version);
            Same(text, firmware, firmware.Text("Release Date"), table.Firmware.ReleaseDate);
        }

        Each<SmbiosProduct>(text, 1, table.System is SmbiosProduct system ? [system] : [], Compare, onlyFirst: true);
        Each(text, 2, table.Boards, Compare);
        Each(text, 4, table.Processors, Compare);
        Each(text, 16, table.MemoryArrays, Compare);
        Each(text, 17, table.MemoryDevices, Compare);
        return table.MemoryDevices.Count;
    }

    private static void Each<T>(DmiText text, int type, IReadOnlyList<T> things, Action<DmiText, DmiBlock, T> compare, bool onlyFirst = false)
    {
        DmiBlock[] blocks = [.. text.OfType(type)];
        Assert.Equal(onlyFirst ? Math.Min(1, blocks.Length) : blocks.Length, things.Count);
        for (int i = 0; i < things.Count; i++)
        {
            compare(text, blocks[i], things[i]);
        }
    }

    private static void Compare(DmiText text, DmiBlock block, SmbiosProduct product)
    {
        Same(text, block, block.Text("Manufacturer"), product.Manufacturer);
        Same(text, block, block.Text("Product Name"), product.ProductName);
        Same(text, block, block.Text("Version"), product.Version);
    }

    private static void Compare(DmiText text, DmiBlock block, SmbiosProcessor processor)
    {
        Same(text, block, block.Text("Socket Designation"), processor.SocketDesignation);
        Same(text, block, block.Text("Manufacturer"), processor.Manufacturer);
        Same(text, block, block.Text("Version"), processor.Version);
        Same(text, block, block["Status"]?.StartsWith("Populated", StringComparison.Ordinal), processor.IsPopulated);
        Same(text, block, block.Number("Max Speed"), processor.MaximumMegahertz);
        Same(text, block, block.Number("Current Speed"), processor.CurrentMegahertz);
        Same(text, block, block.Number("Core Count"), processor.Cores);
        Same(text, block, block.Number("Core Enabled"), processor.CoresEnabled);
        Same(text, block, block.Number("Thread Count"), processor.Threads);
        Same(text, block, block["Type"] is "Central Processor" or "<OUT OF SPEC>", processor.IsCentral);
        if (block["ID"] is string id)
        {
            Same(text, block, id, Convert.ToHexString(BitConverter.GetBytes(processor.Id!.Value)).Chunk(2).Aggregate("", (all, one) => $"{all} {one[0]}{one[1]}").TrimStart());
        }

        if (block["Signature"] is string signature && Regex.Match(signature, @"Family (\d+), Model (\d+)") is { Success: true } match && processor.Id != 0)
        {
            Same(text, block, (int?)int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), processor.CpuidFamily);
            Same(text, block, (int?)int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), processor.CpuidModel);
        }
    }

    private static void Compare(DmiText text, DmiBlock block, SmbiosMemoryArray array)
    {
        Same(text, block, block.Handle, array.Handle);
        Same(text, block, block.Name("Use"), array.Use);
        Same(text, block, block.Name("Error Correction Type"), array.ErrorCorrection);
        Same(text, block, block.Bytes("Maximum Capacity"), array.MaximumBytes);
        Same(text, block, block.Number("Number Of Devices"), array.DeviceCount);
    }

    private static void Compare(DmiText text, DmiBlock block, SmbiosMemoryDevice device)
    {
        Same(text, block, block.Handle, device.Handle);
        Same(text, block, block.HandleOf("Array Handle"), device.ArrayHandle);
        Same(text, block, block.Number("Total Width"), device.TotalWidth);
        Same(text, block, block.Number("Data Width"), device.DataWidth);
        Same(text, block, block.Bytes("Size"), device.SizeBytes);
        Same(text, block, block.Name("Form Factor"), device.FormFactor);
        Same(text, block, block["Set"] is "None" ? 0 : block.Number("Set"), device.Set);
        Same(text, block, block.Text("Locator"), device.Locator);
        Same(text, block, block.Text("Bank Locator"), device.BankLocator);
        Same(text, block, block.Name("Type"), device.Type);
        Same(text, block, block["Type Detail"] is "None" ? "" : block["Type Detail"], string.Join(' ', device.TypeDetail));

        // dmidecode 3.3 and later leave out the rest for an empty slot.
        if (block["Speed"] is not null)
        {
            Same(text, block, block.Number("Speed"), device.RatedSpeed);
            Same(text, block, block.Text("Manufacturer"), device.Manufacturer);
            Same(text, block, block.Text("Part Number"), device.PartNumber);
        }

        if (block["Rank"] is not null)
        {
            Same(text, block, block.Number("Rank"), device.Ranks);
        }

        if ((block["Configured Memory Speed"] ?? block["Configured Clock Speed"]) is not null)
        {
            Same(text, block, block.Number("Configured Memory Speed") ?? block.Number("Configured Clock Speed"), device.ConfiguredSpeed);
        }

        if (block["Configured Voltage"] is not null)
        {
            Same(text, block, block.Millivolts("Minimum Voltage"), device.MinimumMillivolts);
            Same(text, block, block.Millivolts("Maximum Voltage"), device.MaximumMillivolts);
            Same(text, block, block.Millivolts("Configured Voltage"), device.ConfiguredMillivolts);
        }

        if (block["Memory Technology"] is not null)
        {
            Same(text, block, block.Name("Memory Technology"), device.Technology);
            Same(text, block, block.Bytes("Volatile Size"), device.VolatileBytes);
            Same(text, block, block.Bytes("Non-Volatile Size"), device.NonVolatileBytes);
        }
    }

    private static void Same<T>(
        DmiText text, DmiBlock block, T expected, T actual, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(actual))] string what = "")
    {
        T seen = actual is string name ? (T)(object)name.TrimEnd() : actual;
        Assert.True(
            EqualityComparer<T>.Default.Equals(expected, seen), $"{text.Name}, handle 0x{block.Handle:X4}, {what}: dmidecode has '{expected}', we have '{seen}'");
    }
}
