using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

namespace ZeptAdmin.Zeek;

/// <summary>Where Zeek's configuration is on a machine.</summary>
/// <remarks>
/// Prefixes are those of Zeek's own packages (/opt/zeek), of a build from source (/usr/local/zeek) and of distributions. zeek.conf is where
/// zeek-systemd-generator looks for it (tools/systemd-generator/src/zeek-systemd-generator.cc); node.cfg is the CfgDir of zeekctl.
/// </remarks>
public static class ZeekFiles
{
    /// <summary>Places of zeek.conf.</summary>
    internal static readonly string[] ZeekConf = ["/opt/zeek/etc/zeek/zeek.conf", "/usr/local/zeek/etc/zeek/zeek.conf", "/etc/zeek/zeek.conf", "/usr/etc/zeek/zeek.conf"];

    /// <summary>Places of node.cfg.</summary>
    internal static readonly string[] NodeCfg = ["/opt/zeek/etc/node.cfg", "/usr/local/zeek/etc/node.cfg", "/etc/zeek/node.cfg", "/usr/local/etc/node.cfg"];

    /// <summary>Places of the site's own scripts.</summary>
    internal static readonly string[] LocalZeek = ["/opt/zeek/share/zeek/site/local.zeek", "/usr/local/zeek/share/zeek/site/local.zeek", "/usr/share/zeek/site/local.zeek", "/etc/zeek/site/local.zeek"];

    /// <summary>The file that tells Zeek's processes; null when it is at none of the usual places.</summary>
    /// <remarks>zeek.conf goes before node.cfg: packages bring a node.cfg along, a zeek.conf somebody has written.</remarks>
    public static string? Find(FileTree files) => Array.Find([.. ZeekConf, .. NodeCfg], files.Exists);

    /// <summary>The file that a plan writes: the one that is there, else node.cfg where Zeek's folder for it is; null where there is none.</summary>
    internal static string? Target(FileTree files) => Find(files) ?? Array.Find(NodeCfg[..3], path => files.IsFolder(path[..path.LastIndexOf('/')]));

    /// <summary>Which of the two files a path is.</summary>
    internal static ZeekConfigFormat FormatOf(string path) => path.EndsWith(".conf", StringComparison.Ordinal) ? ZeekConfigFormat.ZeekConf : ZeekConfigFormat.NodeCfg;

    /// <summary>What a snapshot keeps for the checks.</summary>
    internal static void Read(Sensor sensor)
    {
        foreach (string path in (string[])[.. ZeekConf, .. NodeCfg, .. LocalZeek])
        {
            _ = sensor.Files.Read(path);
        }
    }

    /// <summary>What the checks of Test-ZeekNodeConfig find on a machine's own file.</summary>
    internal static ZeekFileReading Test(Sensor sensor)
    {
        if (Find(sensor.Files) is not string path)
        {
            return new ZeekFileReading();
        }

        try
        {
            Answer<ZeekNodeConfig> answer = ZeekNodeConfigs.Import(sensor.Files, path, FormatOf(path));
            return answer.Try(out ZeekNodeConfig? config)
                ? new ZeekFileReading { Path = path, Config = config, Checks = ZeekLint.Test(config, sensor) }
                : new ZeekFileReading { Path = path, Problem = $"{path} cannot be read: {answer.Refusal!.Errno.InWords()}" };
        }
        catch (KernelFormatException e)
        {
            return new ZeekFileReading { Path = path, Problem = e.Message };
        }
    }
}

/// <summary>A machine's own file, and what was found on it.</summary>
internal sealed record ZeekFileReading : ConfigReading
{
    /// <summary>What it says; null when it could not be read.</summary>
    public ZeekNodeConfig? Config { get; init; }
}
