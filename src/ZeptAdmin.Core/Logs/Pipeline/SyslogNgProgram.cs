using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>Has an installed syslog-ng look at a file; its exit code is the answer.</summary>
public static class SyslogNgProgram
{
    private const string Program = "syslog-ng";

    /// <summary>The configuration with what syslog-ng says of it, or a refusal with its words; as it was where syslog-ng is not installed.</summary>
    public static Answer<SyslogNgConfig> Check(SyslogNgConfig config, string version)
    {
        if (DetachedProcess.Find(Program) is not string program)
        {
            return config;
        }

        string folder = Directory.CreateTempSubdirectory("zeptadmin-syslog-ng-").FullName;
        try
        {
            string path = Path.Combine(folder, "syslog-ng.conf");
            File.WriteAllText(path, config.IsFragment ? $"@version: {version}\n{config.Text}" : config.Text);
            (int code, string said) = DetachedProcess.Run(program, "--syntax-only", "--no-caps", "--cfgfile", path);
            return code == 0
                ? config with { SyntaxCheck = SyntaxCheck.Accepted }
                : new Refusal(Errno.EINVAL, "have syslog-ng take its configuration", config.Destination) { Detail = $"syslog-ng says: {FirstLine(said)}" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return config;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string FirstLine(string said) => said.Split('\n')[0].Trim();
}
