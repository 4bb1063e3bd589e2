using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ZeptAdmin.Nics;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Remoting;

/// <summary>Invoke-Command -HostName into <c>zept -sshs</c> under a real sshd.</summary>
public sealed class InvokeCommandTests
{
    private static readonly string Machine = Repository.Snapshot("two-port-i40e");

    [Theory]
    [InlineData("powershell")]
    [InlineData("zept")]
    public void RecordsComeBackAndGoOn(string subsystem)
    {
        using SshKeys keys = new();
        using SshServer server = SshServer.Start(keys, out int port);
        using Engine engine = new();

        EngineResult run = engine.Run(
            """
            param($connection, $subsystem, $snapshot)
            $ring = Invoke-Command -HostName 127.0.0.1 @connection -Subsystem $subsystem { param($snapshot) Get-NicRing ens1f0 -Snapshot $snapshot } -ArgumentList $snapshot
            $ring
            [ZeptAdmin.Nics.NicRing]$ring
            $ring | Get-NicRing -Snapshot $snapshot
            """,
            keys.Connection(port), subsystem, Machine);

        Assert.Empty(run.Errors);
        Assert.Equal("Deserialized.ZeptAdmin.Nics.NicRing", run.Output[0].TypeNames[0]);
        Assert.Equal("127.0.0.1", run.Output[0].Properties["PSComputerName"].Value);
        NicRing[] here = [.. run.Output[1..].Select(output => Assert.IsType<NicRing>(output.BaseObject, exactMatch: false))];
        Assert.Equal(2, here.Length);
        Assert.Equal(("ens1f0", 512L, 4096L), (here[0].InterfaceName, here[0].Rx, here[0].RxMaximum));
        Assert.Equal(here[0], here[1]);
    }

    [Fact]
    public void ValuesOfEnumerationsCompareByNameOnWhatComesBack()
    {
        using SshKeys keys = new();
        using SshServer server = SshServer.Start(keys, out int port);
        using Engine engine = new();

        EngineResult run = engine.Run(
            """
            param($connection)
            $results = Invoke-Command -HostName 127.0.0.1 @connection { Test-NsmSensor -Severity Pass, Warn }
            @($results | Where-Object Severity -eq Pass).Count + @($results | Where-Object Severity -eq Warn).Count - $results.Count
            [ZeptAdmin.Audit.CheckResult]$results[0]
            $results[0].Severity
            """,
            keys.Connection(port));

        Assert.Empty(run.Errors);
        Assert.Equal(0, run.Output[0].BaseObject);
        Assert.Equal(run.Output[2].BaseObject, Assert.IsType<ZeptAdmin.Audit.CheckResult>(run.Output[1].BaseObject).Severity.ToString());
    }

    [Fact]
    public void RemoteRecordsShowInTheSameTable()
    {
        using SshKeys keys = new();
        using SshServer server = SshServer.Start(keys, out int port);
        using TemporaryFolder folder = new();
        string script = folder.Write("remote.ps1", $$"""
            $options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'QUIET'; BatchMode = 'yes' }
            Invoke-Command -HostName 127.0.0.1 -Port {{port}} -UserName {{Environment.UserName}} -KeyFilePath {{keys.Private}} -Options $options {
                Get-NicRing ens1f0 -Snapshot '{{Machine}}' }
            """);

        ZeptResult local = Zept.Run("Get-NicRing", "ens1f0", "-Snapshot", Machine);
        ZeptResult remote = Zept.Run("-File", script);

        Assert.Equal((0, ""), (remote.ExitCode, remote.Errors));
        string[] expected = local.Output.Split('\n');
        string[] actual = remote.Output.Split('\n');
        Assert.Equal(expected.Length, actual.Length);

        // The engine itself adds the column that says where a record came from.
        Assert.All(expected.Zip(actual), rows => Assert.StartsWith(rows.First, rows.Second, StringComparison.Ordinal));
        Assert.Equal(["", "PSComputerName", "--------------", "127.0.0.1", "", ""], expected.Zip(actual, (first, second) => second[first.Length..].Trim()));
    }

    [Fact]
    public void AnErrorOfTheSensorKeepsItsIdAndSaysWhereItHappened()
    {
        using SshKeys keys = new();
        using SshServer server = SshServer.Start(keys, out int port);
        using Engine engine = new();

        EngineResult run = engine.Run(
            "param($connection) Invoke-Command -HostName 127.0.0.1 @connection { Get-NicRing nosuch0; 'goes on' }", keys.Connection(port));

        Assert.Equal("goes on", run.Single);
        RemotingErrorRecord error = Assert.IsType<RemotingErrorRecord>(Assert.Single(run.Errors));
        Assert.StartsWith("InterfaceNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", error.OriginInfo.PSComputerName);
    }

    [Fact]
    public void ASensorThatIsDownIsARowAndNotTheEndOfTheRun()
    {
        using SensorNamespaces machines = new(3);
        using SshKeys keys = new();
        using SshServer first = SshServer.Start(keys, machines.Sensors[0].Address, 22, "ip", "netns", "exec", machines.Sensors[0].Name);
        using SshServer third = SshServer.Start(keys, machines.Sensors[2].Address, 22, "ip", "netns", "exec", machines.Sensors[2].Name);
        using Engine engine = new();

        EngineResult run = engine.Run(
            """
            param($connection, $sensors, $snapshot)
            Invoke-Command -HostName $sensors @connection -ArgumentList $snapshot {
                param($snapshot)
                Get-NicRing ens1f0 -Snapshot $snapshot
                [IO.Directory]::GetDirectories('/sys/class/net').ForEach({ [IO.Path]::GetFileName($_) }).Where({ $_ -like 'zt*' })
            }
            """,
            keys.Connection(22), machines.Sensors.Select(sensor => sensor.Address).ToArray(), Machine);

        PSObject[] rings = [.. run.Output.Where(output => output.TypeNames[0] == "Deserialized.ZeptAdmin.Nics.NicRing")];
        Assert.Equal(
            new HashSet<object> { machines.Sensors[0].Address, machines.Sensors[2].Address },
            rings.Select(ring => ring.Properties["PSComputerName"].Value).ToHashSet());
        Assert.Equal(2, rings.Length);

        // Each answered for itself: it sees the interface of its own namespace.
        Assert.Equal(
            [.. new[] { machines.Sensors[0].Interface, machines.Sensors[2].Interface }.Order(StringComparer.Ordinal)],
            run.Output.Select(output => output.BaseObject).OfType<string>().Order(StringComparer.Ordinal));
        ErrorRecord error = Assert.Single(run.Errors);

        // The target names the host in every case; the engine's text only where ssh ends after the handshake has begun.
        Assert.Equal(machines.Sensors[1].Address, error.TargetObject);
    }
}
