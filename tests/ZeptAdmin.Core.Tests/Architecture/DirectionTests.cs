using System.Text.RegularExpressions;

namespace ZeptAdmin.Tests.Architecture;

/// <summary>The direction of design.md: cmdlets, subject folders in their order, Sensors, Linux; never back.</summary>
public sealed partial class DirectionTests
{
    // A folder may use those before it. Drivers is data and used by all.
    private static readonly string[] Order =
    [
        "Linux", "Drivers", "Sensors", "Changes", "Topology", "Pcie", "Nics", "Irqs", "Rss", "Drops", "Flows", "Cpus", "Memory", "KernelArguments",
        "Workers", "Zeek", "Suricata", "Xdp", "Logs", "Plans", "Audit", "Reports", "Fleet",
    ];

    public static TheoryData<string> Folders => [.. Order.Where(folder => Directory.Exists(Path.Combine(Core, folder)))];

    private static string Core => Path.Combine(Repository.Root, "src", "ZeptAdmin.Core");

    private static string Cmdlets => Path.Combine(Repository.Root, "src", "ZeptAdmin");

    [Fact]
    public void Every_folder_of_Core_has_its_place() =>
        Assert.Empty(Directory.GetDirectories(Core).Select(Path.GetFileName).Except([.. Order, "bin", "obj"]));

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_only_those_before_it(string folder)
    {
        string path = Path.Combine(Core, folder);
        string[] later = Order[(Array.IndexOf(Order, folder) + 1)..];
        string[] offences =
        [
            .. from file in Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
               from Match match in Namespaces().Matches(File.ReadAllText(file))
               where later.Contains(match.Groups[1].Value)
               select $"{Path.GetRelativePath(Core, file)} uses {match.Groups[1].Value}",
        ];
        Assert.Empty(offences);
    }

    [Fact]
    public void Core_knows_no_PowerShell() =>
        Assert.DoesNotContain(
            typeof(ZeptAdmin.Sensors.Sensor).Assembly.GetReferencedAssemblies(),
            name => name.Name!.StartsWith("System.Management.Automation", StringComparison.Ordinal));

    [Fact]
    public void A_cmdlet_opens_no_file_and_calls_no_kernel()
    {
        string[] offences =
        [
            .. from file in Directory.EnumerateFiles(Cmdlets, "*.cs", SearchOption.AllDirectories)
               where !file.Contains("/obj/", StringComparison.Ordinal)
               from Match match in Forbidden().Matches(File.ReadAllText(file))
               select $"{Path.GetRelativePath(Cmdlets, file)}: {match.Value}",
        ];
        Assert.Empty(offences);
    }

    [Fact]
    public void Nobody_starts_a_process_through_a_shell()
    {
        string[] offences =
        [
            .. from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
               where Shells().IsMatch(File.ReadAllText(file))
               select Path.GetRelativePath(Repository.Root, file),
        ];
        Assert.Empty(offences);
    }

    [GeneratedRegex(@"\bZeptAdmin\.([A-Z][A-Za-z]+)\b(?=[;.])")]
    private static partial Regex Namespaces();

    [GeneratedRegex(@"(?<![A-Za-z.])File\.|\bDllImport\b|\bLibraryImport\b|\bProcess\.Start\b|\bcatch \(Exception\b")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"""(/bin/)?(ba)?sh""|UseShellExecute = true")]
    private static partial Regex Shells();
}
