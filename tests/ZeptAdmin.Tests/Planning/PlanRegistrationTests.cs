using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Planning;

/// <summary>Files that keep a plan in force, written to a copy of this machine's /etc in namespaces of its own, and what they do there.</summary>
public sealed class PlanRegistrationTests : IDisposable
{
    private const string Unit = "/etc/systemd/system/zeptadmin-plan-capture.service";
    private const string Hook = "/etc/network/if-up.d/90-zeptadmin-capture";

    private readonly TemporaryFolder _folder = new();

    private string Plan => Path.Combine(_folder.Path, "plan.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_registered_makes_the_plan_and_goes_without_a_trace() => InNamespace(() =>
    {
        string before = Etc();
        string[] rehearsed = Run($"Register-NsmPlan '{Plan}' -WhatIf").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(before, Etc());
        Assert.Contains($"What if: Write the file '{Unit}'", rehearsed);

        ZeptResult registered = Run($"(Register-NsmPlan '{Plan}' -PassThru).Files");
        Assert.Equal("", registered.Errors);
        string[] files = registered.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rehearsed.Length, files.Length);
        Assert.All(files, file => Assert.True(File.Exists(file), file));
        Assert.Contains("Before=zeek.service zeekctl.service zeek.target suricata.service", File.ReadAllText(Unit), StringComparison.Ordinal);

        // The command of the unit, word for word, as systemd would start it.
        Assert.False(IsSilent());
        string[] words = Words(File.ReadAllLines(Unit).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..]);
        (int exitCode, _, string errors) = ExternalTool.TryRun("env", [$"ZEPTADMIN_STATE={_folder.Path}/state", .. words]);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.True(IsSilent());

        // ifdown and ifup lose what was set; the hook asks for the unit, whose command puts it back.
        _ = ExternalTool.TryRun("ip", "link", "set", "v1", "promisc", "off", "arp", "on");
        Assert.False(IsSilent());
        Assert.Equal("--no-block start zeptadmin-plan-capture.service", Asked("v1"));
        Assert.Equal("", Asked("v0"));
        Assert.Equal(0, ExternalTool.TryRun("env", [$"ZEPTADMIN_STATE={_folder.Path}/state", .. words]).ExitCode);
        Assert.True(IsSilent());

        Assert.Equal("", Run("Unregister-NsmPlan capture").Errors);
        Assert.Equal(before, Etc());
        Assert.Contains("No such plan is registered", Run("Unregister-NsmPlan capture").Errors, StringComparison.Ordinal);
    });

    [Fact]
    public void Registering_is_taken_back_as_any_change() => InNamespace(() =>
    {
        string before = Etc();
        Assert.Equal("", Run($"Register-NsmPlan '{Plan}'").Errors);
        string registered = Etc();
        Assert.NotEqual(before, registered);
        string changes = Run("@(Get-NsmChange).Count").Output;
        Assert.Equal("", Run($"Register-NsmPlan '{Plan}'").Errors);
        Assert.Equal((registered, changes), (Etc(), Run("@(Get-NsmChange).Count").Output));

        Assert.Equal("", Run("Undo-NsmChange -After 2000-01-01 -Confirm:$false").Errors);
        Assert.Equal(before, Etc());
    });

    [Fact]
    public void The_unit_is_one_that_systemd_takes() => InNamespace(() =>
    {
        Assert.SkipUnless(ExternalTool.TryRun("systemd-analyze", "--version").ExitCode == 0, "systemd-analyze is not installed");
        Assert.Equal("", Run($"Register-NsmPlan '{Plan}'").Errors);

        (int exitCode, string output, string errors) = ExternalTool.TryRun("systemd-analyze", "verify", "--man=no", Unit);

        string[] complaints = [.. (output + errors).Split('\n').Where(line => line.Contains("zeptadmin", StringComparison.Ordinal))];
        Assert.True(exitCode == 0 && complaints.Length == 0, $"{exitCode}: {output}{errors}");
    });

    [Fact]
    public void Suricatas_include_is_rehearsed_written_held_against_and_taken_back() => InNamespace(
        () =>
        {
            const string main = "/etc/suricata/suricata.yaml";
            const string include = "/etc/suricata/zeptadmin.yaml";
            const string sample = "%YAML 1.1\n---\nsuricata-version: \"8.0\"\naf-packet:\n  - interface: eth0\n";
            string[] Drifts() => Run($"Test-NsmPlan '{Plan}' | Where-Object Kind -eq Suricata | ForEach-Object {{ '{{0}} {{1}}' -f $_.State, $_.Actual }}").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            _ = Directory.CreateDirectory("/etc/suricata");
            File.WriteAllText(main, sample);
            Assert.All(Drifts(), drift => Assert.StartsWith("Drifted", drift, StringComparison.Ordinal));

            Assert.Contains($"What if: Write Suricata's configuration '{include}'", Run($"Invoke-NsmPlan '{Plan}' -Kind Suricata -WhatIf").Output, StringComparison.Ordinal);
            Assert.Equal("", Run($"Invoke-NsmPlan '{Plan}' -Kind Link -Confirm:$false").Errors);
            Assert.False(File.Exists(include));

            // suricata.yaml is the user's: it is read, and what it lacks is said each time.
            for (int i = 0; i < 2; i++)
            {
                ZeptResult made = Run($"Invoke-NsmPlan '{Plan}' -Kind Suricata -Confirm:$false");
                Assert.Contains($"{main} does not include {include}", made.Output + made.Errors, StringComparison.Ordinal);
            }

            Assert.All(Drifts(), drift => Assert.Contains($"'{main}' does not include it", drift, StringComparison.Ordinal));
            Assert.Contains("Write 'include: zeptadmin.yaml' at its end", Run("(New-NsmPlan v1).Findings.Text").Output, StringComparison.Ordinal);
            Assert.Equal(sample, File.ReadAllText(main));

            File.AppendAllText(main, "include: zeptadmin.yaml\n");
            Assert.All(Drifts(), drift => Assert.StartsWith("InPlace", drift, StringComparison.Ordinal));
            Assert.Equal(("", ""), Run($"Invoke-NsmPlan '{Plan}' -Kind Suricata -Confirm:$false") is var again ? (again.Output, again.Errors) : default);
            Assert.Equal("2", Run("@(Get-NsmChange).Count").Output.Trim());

            Assert.Equal("", Run($"Undo-NsmChange -Plan (Import-NsmPlan '{Plan}') -Confirm:$false").Errors);
            Assert.False(File.Exists(include));
        },
        "Link",
        "Suricata");

    private void InNamespace(Action step, params string[] kinds)
    {
        kinds = kinds.Length == 0 ? ["Link"] : kinds;
        using NetworkNamespace network = new();
        Assert.SkipUnless(network.Ip("link add v0 type veth peer name v1"), "this kernel has no veth");
        network.Run(() =>
        {
            // The mounts of this thread are its own (NetworkNamespace).
            string etc = Path.Combine(_folder.Path, "etc");
            Assert.Equal(0, ExternalTool.TryRun("cp", "-a", "/etc", etc).ExitCode);
            Assert.SkipUnless(ExternalTool.TryRun("mount", "--bind", etc, "/etc").ExitCode == 0, "nothing can be mounted here");
            foreach (string folder in (string[])["/etc/network/if-up.d", "/etc/udev/rules.d", "/etc/systemd/system", "/etc/systemd/network", "/etc/zeptadmin"])
            {
                _ = Directory.CreateDirectory(folder);
            }

            File.WriteAllText("/etc/zeptadmin/mine", "not the module's");
            ZeptResult planned = Zept.Run("-Command", $"New-NsmPlan v1 | Export-NsmPlan '{Plan}'");
            Assert.SkipWhen(planned.Errors.Contains("One CPU is too few", StringComparison.Ordinal), "this machine has one CPU");
            Assert.Equal((0, ""), (planned.ExitCode, planned.Errors));
            JObject json = JObject.Parse(File.ReadAllText(Plan));
            json["Rows"] = new JArray(json["Rows"]!.Where(row => kinds.Contains((string)row["Kind"]!)));
            File.WriteAllText(Plan, json.ToString());
            step();
        });
    }

    private ZeptResult Run(string command) => Zept.RunWith("", new() { ["ZEPTADMIN_STATE"] = Path.Combine(_folder.Path, "state") }, "-Command", command);

    // What the hook asks systemd for, with a systemctl that only tells.
    private string Asked(string interfaceName)
    {
        string tool = _folder.Write("bin/systemctl", "#!/bin/sh\necho \"$@\"\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return ExternalTool.TryRun("env", $"PATH={Path.GetDirectoryName(tool)}:/usr/bin:/bin", $"IFACE={interfaceName}", Hook).Output.Trim();
    }

    // Promiscuous and without ARP: IFF_PROMISC and IFF_NOARP.
    private static bool IsSilent() => (Convert.ToInt32(File.ReadAllText("/sys/class/net/v1/flags").Trim(), 16) & 0x180) == 0x180;

    private static string[] Words(string line) =>
        [.. Regex.Matches(line, "\"((?:\\\\.|[^\"\\\\])*)\"|(\\S+)").Select(match => Regex.Replace(match.Groups[1].Success ? match.Groups[1].Value : match.Value, "\\\\(.)", "$1").Replace("$$", "$", StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal))];

    // Names, kinds and contents of all that is below /etc.
    private static string Etc() => string.Join('\n', new DirectoryInfo("/etc").EnumerateFileSystemInfos("*", SearchOption.AllDirectories).OrderBy(item => item.FullName, StringComparer.Ordinal).Select(item =>
        item is FileInfo { LinkTarget: null } file ? $"{item.FullName} {item.UnixFileMode} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}" : $"{item.FullName} {item.LinkTarget}"));
}
