using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Suricata;

/// <summary>Makes and reads Suricata's configuration.</summary>
public static class SuricataConfigs
{
    /// <summary>Reads a file and what it includes.</summary>
    /// <param name="sensor">The machine that it is on; MTUs are asked of it.</param>
    /// <param name="files">Where it is.</param>
    /// <param name="path">Its path there.</param>
    /// <param name="version">Release of Suricata; null to see from the file.</param>
    /// <exception cref="KernelFormatException">It is no YAML.</exception>
    public static Answer<SuricataConfig> Import(Sensor sensor, FileTree files, string path, int? version = null) =>
        SuricataFile.ReadText(files, path).Select(text => Describe(SuricataFile.Read(text, path, files), text, path, version, Mtu(sensor)));

    /// <summary>What a text means, by itself: what it includes is left.</summary>
    /// <exception cref="KernelFormatException">It is no YAML.</exception>
    public static SuricataConfig Parse(string text, int? version = null, Sensor? sensor = null) =>
        Describe(SuricataFile.Read(text, null, null), text, null, version, sensor is null ? _ => null : Mtu(sensor));

    /// <summary>Makes the file of a wish. One that contradicts itself, and a value that could be taken for something else than a value, is refused.</summary>
    public static Answer<SuricataConfig> Make(SuricataWish wish, Sensor? sensor = null) =>
        SuricataValues.Check(wish) is Refusal refusal ? refusal : Parse(SuricataText.Write(wish), wish.Version, sensor) with { Notes = wish.Notes };

    /// <summary>What another text of a file means, with what it includes.</summary>
    internal static SuricataConfig Reread(SuricataConfig config, string text, Sensor sensor, FileTree? files) =>
        Describe(SuricataFile.Read(text, config.Path, config.Path is null ? null : files ?? sensor.Files), text, config.Path, config.Version, Mtu(sensor));

    /// <summary>MTU of the interfaces of a machine; null for one that it does not have.</summary>
    internal static Func<string, int?> Mtu(Sensor sensor) => name => sensor.Files.ReadInt32($"/sys/class/net/{name}/mtu");

    private static SuricataConfig Describe(SuricataFile file, string text, string? path, int? version, Func<string, int?> mtu)
    {
        int release = version ?? SuricataReader.Guess(file.Root);
        SuricataInterface[] interfaces = SuricataReader.Interfaces(file.Root, release, mtu);
        return new SuricataConfig
        {
            Version = release,
            Path = path,
            Includes = [.. file.Includes],
            Text = text,
            RunMode = file.Root["runmode"]?.Value,
            Interfaces = interfaces,
            Workers = SuricataReader.Workers(file.Root, interfaces),
            ManagementCpus = file.Root["threading.set-cpu-affinity"]?.AsBoolean == true ? SuricataReader.Cpus(SuricataReader.CpuSet(file.Root, "management-cpu-set")?["cpu"]) : [],
            Memory = SuricataReader.Memory(file.Root, interfaces, release, mtu),
        };
    }
}
