using Newtonsoft.Json.Linq;
using ZeptAdmin.Tests.Remoting;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Fleet;

/// <summary>The scripts of examples/fleet on machines of the test's own: real sshd in namespaces, one down, one that lies, one that hangs.</summary>
public sealed class FleetTests : IDisposable
{
    private const string Liar = "head -c 4096 /dev/urandom";
    private const string Hanging = "echo nonsense; exec sleep 600";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_fleet_is_audited_in_one_command_whoever_is_down_or_lies()
    {
        using SensorNamespaces machines = new(5);
        using SshKeys keys = new();
        using SshServer first = Start(keys, machines.Sensors[0]);
        using SshServer liar = Start(keys, machines.Sensors[2], Liar);
        using SshServer last = Start(keys, machines.Sensors[4]);

        ZeptResult audit = Ask(keys, machines, "audit-fleet.ps1", $"-Report '{_folder.Path}/fleet.html' | ForEach-Object {{ \"$($_.Sensor)|$($_.Pass)|$($_.Problem)\" }}");

        Assert.Equal(0, audit.ExitCode);
        string[][] rows = [.. audit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split('|'))];
        Assert.Equal(machines.Sensors.Select(sensor => sensor.Address).Order(), rows.Select(row => row[0]).Order());
        foreach (string[] row in rows)
        {
            bool isWell = row[0] == machines.Sensors[0].Address || row[0] == machines.Sensors[4].Address;
            Assert.Equal(isWell, int.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture) > 0);
            Assert.Equal(isWell, row[2].Trim().Length == 0);
        }

        // The page has each of them, also those that gave nothing.
        string page = File.ReadAllText($"{_folder.Path}/fleet.html");
        Assert.Contains("<title>5 sensors</title>", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("It gave no result.").Length - 1 - 3);
        Assert.Equal(2, page.Split("<svg").Length - 1);
    }

    [Fact]
    public void One_that_hangs_is_given_up_and_leaves_no_ssh_behind()
    {
        using SensorNamespaces machines = new(1);
        using SshKeys keys = new();
        using SshServer server = Start(keys, machines.Sensors[0], Hanging);

        ZeptResult audit = Ask(keys, machines, "audit-fleet.ps1", "-TimeoutSeconds 8 | ForEach-Object Problem");

        Assert.Equal("It did not end within 8 seconds.", audit.Output.Trim());
        (_, string processes, _) = ExternalTool.TryRun("ps", "-eo", "args");
        Assert.DoesNotContain(processes.Split('\n'), line => line.StartsWith("ssh ", StringComparison.Ordinal) && line.Contains(keys.Private, StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_ssh_would_take_for_an_option_is_refused()
    {
        string proof = Path.Combine(_folder.Path, "proof");

        ZeptResult audit = Zept.Run("-Command", $"& '{Script("audit-fleet.ps1")}' -HostName '-oProxyCommand=touch {proof}'");

        Assert.Contains("HostName", audit.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
    }

    [Fact]
    public void A_plan_is_rolled_out_batch_by_batch_and_stops_at_the_first_that_fails()
    {
        using SensorNamespaces machines = new(4);
        using SshKeys keys = new();
        using SshServer canary = Start(keys, machines.Sensors[0]);
        using SshServer second = Start(keys, machines.Sensors[1]);
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, "plans"));
        foreach (SensorNamespace machine in machines.Sensors)
        {
            WritePlan(machine);
        }

        string rest = $"-PlanFolder '{_folder.Path}/plans' -BatchSize 2 -ConfirmWithin 00:02:00 -Test {{ (Get-NicFeature zt*s* tx-tcp6-segmentation).IsOn -eq $false }}";
        ZeptResult rehearsed = Ask(keys, machines, "apply-fleet.ps1", rest + " -WhatIf | ForEach-Object State");
        Assert.DoesNotContain("Confirmed", rehearsed.Output, StringComparison.Ordinal);
        Assert.Equal([true, true], machines.Sensors.Take(2).Select(IsFeatureOn));

        ZeptResult made = Ask(keys, machines, "apply-fleet.ps1", rest + " -Confirm:$false | ForEach-Object { \"$($_.Sensor) $($_.Batch) $($_.State)\" }");

        string[] expected = ["0 Confirmed", "1 Confirmed", "1 Failed", "2 NotBegun"];
        Assert.Equal(machines.Sensors.Zip(expected, (sensor, state) => $"{sensor.Address} {state}"), made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal([false, false], machines.Sensors.Take(2).Select(IsFeatureOn));
    }

    [Fact]
    public void Losses_of_a_fleet_are_a_row_a_port()
    {
        using SensorNamespaces machines = new(2);
        using SshKeys keys = new();
        using SshServer server = Start(keys, machines.Sensors[0]);

        ZeptResult drops = Ask(keys, machines, "drops-fleet.ps1", $"-Interval 0 | ForEach-Object {{ \"$($_.Sensor)|$($_.InterfaceName)|$($_.Problem)\" }}");

        Assert.Contains($"{machines.Sensors[0].Address}|{machines.Sensors[0].Interface}|", drops.Output, StringComparison.Ordinal);
        Assert.Contains($"{machines.Sensors[1].Address}||The SSH", drops.Output, StringComparison.Ordinal);
    }

    private static string Script(string name) => Path.Combine(Repository.Root, "examples", "fleet", name);

    private static SshServer Start(SshKeys keys, SensorNamespace machine, string? served = null) =>
        SshServer.Serve(served, keys, machine.Address, 22, "ip", "netns", "exec", machine.Name);

    private static bool IsFeatureOn(SensorNamespace machine) =>
        ExternalTool.Run("ip", "netns", "exec", machine.Name, "ethtool", "-k", machine.Interface).Contains("tx-tcp6-segmentation: on", StringComparison.Ordinal);

    private ZeptResult Ask(SshKeys keys, SensorNamespaces machines, string script, string rest)
    {
        string hosts = string.Join(", ", machines.Sensors.Select(sensor => $"'{sensor.Address}'"));
        return Zept.Run("-File", _folder.Write("ask.ps1", $$"""
            $options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'QUIET'; BatchMode = 'yes'; IdentitiesOnly = 'yes'; ConnectTimeout = '60' }
            & '{{Script(script)}}' -HostName {{hosts}} -UserName '{{Environment.UserName}}' -KeyFilePath '{{keys.Private}}' -Options $options {{rest}}
            """));
    }

    // A plan of the machine with one row: what it turns off belongs to the machine alone.
    private void WritePlan(SensorNamespace machine)
    {
        string file = Path.Combine(_folder.Path, "plans", machine.Address + ".json");
        _ = ExternalTool.Run("ip", "netns", "exec", machine.Name, Zept.Path, "-Command", $"New-NsmPlan {machine.Interface} | Export-NsmPlan '{file}'");
        JObject plan = JObject.Parse(File.ReadAllText(file));
        foreach (JToken row in plan["Rows"]!.Where(row => !((string)row["Target"]!).EndsWith("/tx-tcp6-segmentation", StringComparison.Ordinal)).ToArray())
        {
            row.Remove();
        }

        Assert.Single(plan["Rows"]!);
        File.WriteAllText(file, plan.ToString());
    }
}
