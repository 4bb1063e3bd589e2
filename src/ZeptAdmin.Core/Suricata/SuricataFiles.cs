using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Suricata;

/// <summary>Where Suricata's configuration is on a machine: what a running engine was started with, else the usual places.</summary>
/// <remarks>
/// Places are those of packages (sysconfdir /etc) and of a build from source (/usr/local/etc): CONFIG_DIR of configure.ac, joined with suricata.yaml in
/// suricata.c. The engine calls its main thread <c>Suricata-Main</c> (SCSetThreadName in suricata.c); its file is the argument of <c>-c</c>.
/// </remarks>
public static class SuricataFiles
{
    private const string Main = "Suricata-Main";

    private static readonly string[] Places = ["/etc/suricata/suricata.yaml", "/usr/local/etc/suricata/suricata.yaml", "/opt/suricata/etc/suricata/suricata.yaml", "/usr/etc/suricata/suricata.yaml"];

    /// <summary>The files: one of each configuration that an engine runs with; where none runs, the first of the usual places. Empty where there is none.</summary>
    public static string[] Find(FileTree files)
    {
        string? usual = Usual(files);
        string?[] running = [.. Engines(files).Select(engine => ConfigOf(files, engine) ?? usual).Where(path => path is not null).Distinct(StringComparer.Ordinal)];
        return running.Length > 0 ? [.. running.OfType<string>()] : usual is null ? [] : [usual];
    }

    /// <summary>The first file that is at one of the usual places; null when none is.</summary>
    public static string? Usual(FileTree files) => Array.Find(Places, files.Exists);

    /// <summary>What a snapshot keeps for the checks: the files and what they include, and how the engines were started.</summary>
    internal static void Read(Sensor sensor)
    {
        foreach (string path in Find(sensor.Files))
        {
            _ = SuricataConfigs.Import(sensor, sensor.Files, path);
        }
    }

    /// <summary>What leaves the machine of each of these files, by path.</summary>
    /// <remarks>An include may name any file of the machine: each is masked as a configuration, whatever it is.</remarks>
    internal static Dictionary<string, Func<string, string>> Masks(FileTree files)
    {
        Dictionary<string, Func<string, string>> masks = new(StringComparer.Ordinal);
        foreach (int engine in Engines(files))
        {
            masks[CommandLine(engine)] = SuricataSecrets.Arguments;
        }

        foreach (string path in Find(files))
        {
            masks[path] = SuricataSecrets.Mask;
            foreach (string include in Includes(files, path))
            {
                masks[include] = SuricataSecrets.Mask;
            }
        }

        return masks;
    }

    /// <summary>Where the option of the file is among an engine's arguments: <c>-c FILE</c> or <c>-cFILE</c>; empty where it is not given.</summary>
    internal static Range ConfigOption(string[] arguments)
    {
        int start = Array.FindIndex(arguments, argument => argument.StartsWith("-c", StringComparison.Ordinal));
        return start < 0 ? 0..0 : start..Math.Min(arguments.Length, start + (arguments[start].Length > 2 ? 1 : 2));
    }

    /// <summary>What the checks of Test-SuricataConfig find on a machine's own files.</summary>
    internal static ConfigReading[] Test(Sensor sensor) => [.. Find(sensor.Files).Select(path => Test(sensor, path))];

    private static ConfigReading Test(Sensor sensor, string path)
    {
        try
        {
            return SuricataConfigs.Import(sensor, sensor.Files, path).Try(out SuricataConfig? config)
                ? new ConfigReading { Path = path, Checks = SuricataLint.Test(config, sensor) }
                : new ConfigReading { Path = path, Problem = $"{path} cannot be read: {sensor.Files.Read(path).Errno.InWords()}" };
        }
        catch (KernelFormatException e)
        {
            return new ConfigReading { Path = path, Problem = e.Message };
        }
    }

    // A file that is no YAML includes nothing, as far as anybody read it: what was read of it is masked as well.
    private static string[] Includes(FileTree files, string path)
    {
        List<string> read = [];
        try
        {
            if (SuricataFile.ReadText(files, path).Try(out string? text))
            {
                _ = SuricataFile.Read(text, path, files, read);
            }
        }
        catch (KernelFormatException)
        {
        }

        return [.. read];
    }

    // Engines that check a configuration or read a capture file are none that watch an interface; those of another network namespace watch other interfaces.
    private static IEnumerable<int> Engines(FileTree files)
    {
        string? here = NetworkOf(files, "self");
        return ProcessFolders.Ids(files).Where(id => ProcessFolders.Name(files, id) is Main or "suricata"
            && (here is null || NetworkOf(files, id.ToString(CultureInfo.InvariantCulture)) is not string there || there == here)
            && !Arguments(files, id).Any(argument => argument is "-T" or "-r"));
    }

    private static string? NetworkOf(FileTree files, string process) => files.ReadLink($"/proc/{process}/ns/net");

    private static string? ConfigOf(FileTree files, int engine)
    {
        string[] arguments = Arguments(files, engine);
        string[] option = arguments[ConfigOption(arguments)];
        string? path = option is [{ Length: > 2 } joined] ? joined[2..] : option.ElementAtOrDefault(1);
        return path is null or "" || path.StartsWith('/') ? path is "" ? null : path
            : files.ReadLink(string.Create(CultureInfo.InvariantCulture, $"/proc/{engine}/cwd")) is string folder ? $"{folder.TrimEnd('/')}/{path}"
            : null;
    }

    private static string[] Arguments(FileTree files, int engine) => files.ReadText(CommandLine(engine))?.Split('\0') ?? [];

    private static string CommandLine(int engine) => string.Create(CultureInfo.InvariantCulture, $"/proc/{engine}/cmdline");
}
