namespace ZeptAdmin.Tests.Vm;

/// <summary>What a run of tests/vm/run.sh brought back from the virtual sensor: texts of Debian's tools, and the records that the module read there.</summary>
public sealed class GuestResults : IDisposable
{
    private readonly Dictionary<string, object[]> _records = [];
    private Engine? _engine;

    /// <summary>Folder of the results; null when no run is to be compared.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable("ZEPTADMIN_VM_RESULTS");

    /// <summary>Devices of the guest, one a row; one row, which is skipped, when no run is to be compared.</summary>
    public static TheoryData<string> Devices => [.. DeviceNames];

    /// <summary>Cards of the guest that have a PCI device.</summary>
    public static TheoryData<string> Cards => [.. DeviceNames.Where(name => name == "none" || HasPciDevice(name))];

    /// <summary>The engine that revives records.</summary>
    internal Engine Engine => _engine ??= new Engine();

    /// <inheritdoc/>
    public void Dispose() => _engine?.Dispose();

    private static string[] DeviceNames =>
        Folder is not null && File.Exists(Path.Combine(Folder, "devices")) ? File.ReadAllLines(Path.Combine(Folder, "devices")) : ["none"];

    /// <summary>Path of a file of the results; skips the test, saying so, when no run is to be compared, or none of the suite that writes it.</summary>
    internal static string PathOf(string name)
    {
        Assert.SkipWhen(Folder is null, "no virtual sensor was run: tests/vm/run.sh runs one");
        string part = name.Split('/')[0];
        Assert.SkipUnless(part == name || Directory.Exists(Path.Combine(Folder!, part)), $"the suite that writes {part} did not run");
        return Path.Combine(Folder!, name);
    }

    /// <summary>What a tool of the guest printed about the machine.</summary>
    internal static string Machine(string tool) => File.ReadAllText(PathOf($"machine/{tool}.txt"));

    /// <summary>What ethtool printed for a device with an option as on its command line, or with a name that tests/vm/guest/texts.sh gave.</summary>
    internal static EthtoolText Ethtool(string device, string option)
    {
        string name = option switch { "" => "link", "--show-priv-flags" => "priv", _ => option.TrimStart('-') };
        string folder = PathOf($"text/{device}");
        Assert.SkipUnless(Directory.Exists(folder), $"{device} is not in the guest");
        string exit = File.ReadAllLines(Path.Combine(folder, "exits")).Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return new EthtoolText(
            int.Parse(exit.AsSpan(name.Length + 1), System.Globalization.CultureInfo.InvariantCulture),
            File.ReadAllText(Path.Combine(folder, name + ".txt")),
            File.ReadAllText(Path.Combine(folder, name + ".err")));
    }

    /// <summary>Records that a command wrote in the guest, alive again; skips the test where the module has no such command.</summary>
    internal T[] Records<T>(string command) => RecordsOf<T>($"records/{command}.clixml");

    /// <summary>Records of a file of the results, alive again; skips the test where it was not written.</summary>
    internal T[] RecordsOf<T>(string name)
    {
        string path = PathOf(name);
        if (!_records.TryGetValue(name, out object[]? records))
        {
            Assert.SkipUnless(File.Exists(path), $"the guest wrote no {name}");
            EngineResult revived = Engine.Run(
                """
                foreach ($record in [System.Management.Automation.PSSerializer]::Deserialize([IO.File]::ReadAllText($args[0]))) {
                    [System.Management.Automation.LanguagePrimitives]::ConvertTo($record, $args[1])
                }
                """,
                path,
                typeof(T));
            Assert.Empty(revived.Errors);
            records = [.. revived.Output.Select(record => record.BaseObject)];
            _records[name] = records;
        }

        return [.. records.Cast<T>()];
    }

    /// <summary>Lines of a text file of the guest, split at bars.</summary>
    internal static string[][] Rows(string name) => [.. File.ReadAllLines(PathOf($"machine/{name}.txt")).Select(line => line.Split('|'))];

    private static bool HasPciDevice(string device) =>
        Rows("devices").Any(row => row[0] == device && row[1].Contains("/pci", StringComparison.Ordinal));
}
