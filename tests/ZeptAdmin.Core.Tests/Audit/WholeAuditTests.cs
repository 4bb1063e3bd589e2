using System.Text.RegularExpressions;
using ZeptAdmin.Audit;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Topology;

namespace ZeptAdmin.Tests.Audit;

/// <summary>All checks together on whole machines.</summary>
public sealed partial class WholeAuditTests
{
    private const string Folder = "machines-hwloc";

    // Both ports of one card: ens1f0 as a sensor wants it, ens1f1 as the driver leaves it. What hangs on files that the fixture has not, or
    // may get (CPUs, interrupts), is left out.
    private const string Expected = """
        A10.NicCapacity     Pass          Pass
        A13.Firmware        Pass          Pass
        A14.Driver          Pass          Pass
        A15.EmbeddedSwitch  Pass          Pass
        I10.PortState       Pass          Warn
        I10.SilentPort      Pass          Warn
        G1.Atr              Pass          Warn
        G3.FirmwareLldp     Pass          Warn
        G4.SourcePruning    Pass          Pass
        G5.FlowRulePairs    Warn          Pass
        G7.NtupleFilter     Pass          Pass
        G9.DropRules        Pass          NotApplicable
        H1.HashFields       Pass          Warn
        H4.SymmetricHash    Pass          Fail
        H5.KeyEntropy       Pass          Pass
        H6.HashFunction     Pass          Pass
        H7.ReceiveHashing   Pass          Pass
        H8.TableSpread      Pass          Pass
        H10.RepeatedKeyXor  NotApplicable NotApplicable
        H12.QueueBalance    Pass          Pass
        H14.KeySource       Pass          Pass
        H15.ShownKey        Pass          Pass
        I1.RxRing           Pass          Warn
        I4.Coalescing       Pass          Warn
        I5.RingForRate      Pass          Pass
        I8.Pause            Pass          Fail
        I9.Offloads         Pass          Warn
        I12.ModuleOptions   NotApplicable NotApplicable
        """;

    public static TheoryData<string> Machines => CapturedMachines.Names(Folder, ".tar.bz2");

    [Fact]
    public void The_tuned_port_and_the_one_as_loaded_are_told_apart()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("sensor-x710"));
        CheckResult[] results = Audit(sensor, ["ens1f0", "ens1f1"]);
        string[] lines = Expected.Split('\n');

        string Found(string id, string port) => Assert.Single(results, result => result.Id == id && result.InterfaceName == port).Severity.ToString();
        Assert.Equal(lines, lines.Select(line => line.Split(' ')[0]).Select(id => $"{id,-19} {Found(id, "ens1f0"),-13} {Found(id, "ens1f1")}"));
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void Every_captured_machine_can_be_audited(string machine)
    {
        Assert.SkipWhen(machine == CapturedMachines.Absent, "the captured machines are not here");
        using Sensor sensor = CapturedMachines.Open($"{Folder}/{machine}.tar.bz2").AsSensor();

        CheckResult[] results = Audit(sensor);


        Assert.All(results, IsWhole);
        Assert.All(Checks.All.Where(check => check is not InterfaceCheck), check => Assert.Contains(results, result => result.Id == check.Id));
    }

    [Fact]
    public void No_missing_or_broken_file_ends_the_audit()
    {
        RememberedFileTree files = new(new CapturedFileTree(new DiskFolder(Repository.Snapshot("sensor-x710"))));
        string text = File.ReadAllText(Path.Combine(Repository.Snapshot("sensor-x710"), "ethtool.txt"));
        _ = Audit(new Machine(files, text));
        Assert.True(files.FilesRead.Length > 50);

        foreach (string path in files.FilesRead)
        {
            byte[] content = files.Read(path).Bytes.ToArray();
            foreach (byte[]? broken in new byte[]?[] { null, [], content[..(content.Length / 2)], [0xff, .. content] })
            {
                Assert.All(Audit(new Machine(files.With(path, broken), text)), IsWhole);
            }
        }
    }

    [Fact]
    public void No_missing_or_broken_answer_ends_the_audit()
    {
        RememberedFileTree files = new(new CapturedFileTree(new DiskFolder(Repository.Snapshot("sensor-x710"))));
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Snapshot("sensor-x710"), "ethtool.txt"));
        for (int i = 0; i < lines.Length; i++)
        {
            string[] parts = lines[i].Split(' ');
            if (parts.Length != 4 || parts[3].StartsWith("errno", StringComparison.Ordinal))
            {
                continue;
            }

            // Without the line; refused for want of privileges; cut in the middle; all ones behind the command.
            foreach (string? answer in new[] { null, "errno=1", parts[3][..Math.Max(parts[3].Length / 4 * 2, 2)], parts[3][..Math.Min(8, parts[3].Length)] + new string('f', Math.Max(parts[3].Length - 8, 0)) })
            {
                string[] changed = [.. lines[..i], answer is null ? "" : $"{parts[0]} {parts[1]} {parts[2]} {answer}", .. lines[(i + 1)..]];
                Assert.All(Audit(new Machine(files, string.Join('\n', changed))), IsWhole);
            }
        }
    }

    [Fact]
    public void What_privileges_would_tell_is_unknown_and_names_them()
    {
        using Sensor sensor = Sensor.Open(Repository.Snapshot("two-port-i40e"));
        AuditSubject subject = new(sensor, ["ens1f0"]);
        _ = subject.Read<Answer<ZeptAdmin.Nics.NicPause>>("ens1f0", (_, _) => new Refusal(Errno.EPERM, "read the pause frame settings", "ens1f0") { Capability = "CAP_NET_ADMIN" });

        CheckResult result = subject.Weigh("I8.Pause");

        Assert.Equal((CheckSeverity.Unknown, "cannot read the pause frame settings: operation not permitted (EPERM); it needs CAP_NET_ADMIN"), (result.Severity, result.Actual));
    }

    // A remedy is to be typed: its commands have to exist.
    [Fact]
    public void Remedies_name_commands_of_the_module()
    {
        string manifest = File.ReadAllText(Path.Combine(Repository.Root, "ZeptAdmin.psd1"));
        using Sensor sensor = Sensor.Open(Repository.Snapshot("sensor-x710"));
        string[] sources = Directory.GetFiles(Path.Combine(Repository.Root, "src", "ZeptAdmin.Core", "Audit"), "*.cs", SearchOption.AllDirectories);
        string[] commands = [.. sources.Select(File.ReadAllText).SelectMany(text => Command().Matches(text)).Select(match => match.Value).Distinct()];

        Assert.Contains("Set-NetBudget", commands);
        Assert.DoesNotContain(commands, command => !manifest.Contains($"'{command}'", StringComparison.Ordinal) && !OnTheirWay.Contains(command));
    }

    // Cmdlets that are being written: each is to leave this list when the manifest names it.
    private static readonly string[] OnTheirWay = ["Set-KernelArgument"];

    private static CheckResult[] Audit(Sensor sensor, string[]? interfaces = null) => [.. NsmAudit.Run(new AuditSubject(sensor, interfaces), Checks.All, null, CancellationToken.None)];

    private static void IsWhole(CheckResult result)
    {
        Assert.NotEqual("", result.Id);
        Assert.NotEqual("", result.Target);
        Assert.NotEqual("", result.Actual);
        Assert.NotEqual("", result.Why);
        Assert.Equal(result.Severity is CheckSeverity.Warn or CheckSeverity.Fail, result.Remedy.Length > 0);
    }

    [GeneratedRegex(@"\b(Get|Set|Add|Remove|Test|New|Invoke|Measure|Register|Export|Import|Start|Stop|Resolve|Confirm|Undo|Save)-[A-Z][A-Za-z]+\b")]
    private static partial Regex Command();

    private sealed class Machine(FileTree files, string ethtool) : Sensor
    {
        public override string Name => "made up";

        public override bool IsLive => false;

        public override FileTree Files => files;

        public override IEthtoolChannel Ethtool { get; } = new RecordedEthtool(ethtool, "ethtool.txt");

        public override INetlinkChannel Netlink { get; } = new RecordedNetlink("", "none");

        public override DateTimeOffset Time => DateTimeOffset.UnixEpoch;
    }
}
