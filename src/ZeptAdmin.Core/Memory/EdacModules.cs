using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Memory;

/// <summary>Reads the memory modules that the kernel's EDAC driver has found.</summary>
/// <remarks>
/// <c>/sys/devices/system/edac/mc/mcN/dimmM</c> (drivers/edac/edac_mc_sysfs.c) is readable for everybody and shows populated slots only. Package
/// and controller stand in the label of the Intel drivers: <c>CPU_SrcID#0_MC#1_Chan#2_DIMM#0</c> (skx_common.c), <c>CPU_SrcID#0_Ha#0_Chan#2_DIMM#0</c>
/// (sb_edac.c).
/// </remarks>
internal static partial class EdacModules
{
    private const string Root = "/sys/devices/system/edac/mc";

    /// <summary>The modules; empty without a driver.</summary>
    /// <param name="files">The machine's files.</param>
    /// <param name="channelsPerPackage">Channels of a package, by the highest location that the controllers name; null when unknown.</param>
    public static MemoryModule[] Read(FileTree files, out int? channelsPerPackage)
    {
        string[] controllers = [.. files.List(Root).Where(name => ControllerName().IsMatch(name))];
        List<(MemoryModule Module, int Controller, int Channels)> found = [];
        foreach (string controller in controllers)
        {
            int channels = Find(ChannelOfLocation(), files.ReadText($"{Root}/{controller}/max_location")) + 1 ?? 0;
            int? package = Find(PackageOfName(), files.ReadText($"{Root}/{controller}/mc_name")) ?? (controllers.Length == 1 ? 0 : null);
            foreach (string dimm in files.List($"{Root}/{controller}").Where(name => DimmName().IsMatch(name)))
            {
                found.Add(Module(files, $"{Root}/{controller}/{dimm}", package, channels));
            }
        }

        int controllersPerPackage = found.Count == 0 ? 0 : found.Max(one => one.Controller) + 1;
        int most = found.Count == 0 ? 0 : found.Max(one => one.Channels);
        channelsPerPackage = most > 0 && found.All(one => one.Module.Package is not null) ? controllersPerPackage * most : null;
        return
        [
            .. found
                .Select(one => one.Module with { Channel = one.Module.Channel + (one.Controller * most), LocatedBy = one.Module.Channel is null ? null : "EDAC" })
                .OrderBy(module => module.Package).ThenBy(module => module.Channel).ThenBy(module => module.Slot),
        ];
    }

    private static (MemoryModule Module, int Controller, int Channels) Module(FileTree files, string folder, int? package, int channels)
    {
        string label = files.ReadText($"{folder}/dimm_label") ?? "";
        string? location = files.ReadText($"{folder}/dimm_location");
        Match match = IntelLabel().Match(label);
        MemoryModule module = new()
        {
            Locator = label,
            BankLocator = location,
            Package = match.Success ? Number(match.Groups["p"].Value) : package,
            Channel = match.Success ? Number(match.Groups["c"].Value) : Find(ChannelOfLocation(), location),
            Slot = match.Success ? Number(match.Groups["s"].Value) : Find(SlotOfLocation(), location),
            IsPopulated = true,
            SizeBytes = files.ReadInt64($"{folder}/size") is long mebibytes and > 0 and < long.MaxValue / 1048576 ? mebibytes * 1048576L : null,
            Type = files.ReadText($"{folder}/dimm_mem_type") is string type && KindOfType().Match(type) is { Success: true } kind ? kind.Value : null,
            Source = MemorySource.Edac,
        };
        return (module, match.Success ? Number(match.Groups["m"].Value) ?? 0 : 0, channels);
    }

    private static int? Find(Regex pattern, string? text) => text is not null && pattern.Match(text) is { Success: true } match ? Number(match.Groups[1].Value) : null;

    // Three digits are more channels than any machine has, and cannot overflow.
    private static int? Number(string text) =>
        text.Length <= 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    [GeneratedRegex(@"^mc\d+$")]
    private static partial Regex ControllerName();

    [GeneratedRegex(@"^dimm\d+$")]
    private static partial Regex DimmName();

    [GeneratedRegex(@"^CPU_SrcID#(?<p>\d+)_(?:MC|Ha)#(?<m>\d+)_Chan#(?<c>\d+)_DIMM#(?<s>\d+)$")]
    private static partial Regex IntelLabel();

    [GeneratedRegex(@"(?:Socket|SrcID)#(\d+)")]
    private static partial Regex PackageOfName();

    [GeneratedRegex(@"\bchannel (\d+)\b")]
    private static partial Regex ChannelOfLocation();

    [GeneratedRegex(@"\bslot (\d+)\b")]
    private static partial Regex SlotOfLocation();

    [GeneratedRegex(@"(?:LP)?DDR\d")]
    private static partial Regex KindOfType();
}
