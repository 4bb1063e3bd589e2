using CsCheck;
using ZeptAdmin.Changes;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Irqs;

public sealed class IrqBalanceFileTests : IDisposable
{
    private const string Shipped = "# irqbalance settings\n\n#IRQBALANCE_ONESHOT=\n\n# CPUs\n#IRQBALANCE_BANNED_CPULIST=\n\n# more\n#IRQBALANCE_ARGS=\n";

    private static readonly string[] Files = [Shipped, "", "X=1", "IRQBALANCE_BANNED_CPUS=1\nIRQBALANCE_ARGS=\"-f --banirq=1\"\n"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_shipped_file_gains_two_lines_below_their_templates() =>
        Assert.Equal(
            "# irqbalance settings\n\n#IRQBALANCE_ONESHOT=\n\n# CPUs\n#IRQBALANCE_BANNED_CPULIST=\nIRQBALANCE_BANNED_CPULIST=0-3,8\n\n# more\n#IRQBALANCE_ARGS=\n"
            + "IRQBALANCE_ARGS=\"--banirq=43 --banirq=44\"\n",
            Edit(Shipped, "0-3,8", [44, 43]));

    [Theory]
    [InlineData("", "1", null, "IRQBALANCE_BANNED_CPULIST=1\n")]
    [InlineData("X=1", "1", null, "X=1\nIRQBALANCE_BANNED_CPULIST=1\n")]
    [InlineData("X=1", null, null, "X=1")]
    [InlineData("IRQBALANCE_BANNED_CPULIST=4\nX=1", "1", null, "IRQBALANCE_BANNED_CPULIST=1\nX=1")]
    [InlineData("IRQBALANCE_BANNED_CPULIST=4\nIRQBALANCE_BANNED_CPULIST=5\n", "1", null, "IRQBALANCE_BANNED_CPULIST=4\nIRQBALANCE_BANNED_CPULIST=1\n")]
    [InlineData("IRQBALANCE_BANNED_CPUS=f\n; note\nexport IRQBALANCE_BANNED_CPULIST=\"4\"\n", "1", null, "; note\nexport IRQBALANCE_BANNED_CPULIST=1\n")]
    [InlineData("IRQBALANCE_BANNED_CPULIST=4\n# end\n", "", null, "# end\n")]
    [InlineData("OPTIONS=\"-f -i 7 --banirq 8 --banirq=9 -i10\"\n", null, "11", "OPTIONS=\"-f --banirq=11\"\n")]
    [InlineData("IRQBALANCE_ARGS=--banirq=9 # trailing\n", "", null, "IRQBALANCE_ARGS=--banirq=9 # trailing\n")]
    [InlineData("IRQBALANCE_ARGS=\"--banirq=9\"\n", null, "", "")]
    [InlineData("IRQBALANCE_ARGS='--banirq=9'\n", null, "9", "IRQBALANCE_ARGS='--banirq=9'\n")]
    public void The_rest_of_a_file_stays(string text, string? cpus, string? irqs, string expected) =>
        Assert.Equal(expected, Edit(text, cpus, irqs is null ? null : CpuList.Parse(irqs).ToArray()));

    [Fact]
    public void An_old_irqbalance_is_told_in_a_mask() =>
        Assert.Equal("IRQBALANCE_BANNED_CPUS=1,00000002\n", IrqBalanceFile.Edit("f", "IRQBALANCE_BANNED_CPULIST=4\n", CpuList.Parse("1,32"), null, knowsList: false));

    [Theory]
    [InlineData("what is this\n", 1)]
    [InlineData("X=1\nA=\"two\nlines\"\n", 2)]
    [InlineData("# a comment that goes on \\\nX=1\n", 1)]
    [InlineData("if [ -f x ]; then\nA=1\nfi\n", 1)]
    [InlineData("X=1\r\n", 1)]
    [InlineData("X=\"a\"b\"\n", 1)]
    [InlineData("A=1\nIRQBALANCE_ARGS=\"$MORE --banirq=9\"\n", 2)]
    [InlineData("IRQBALANCE_ARGS=\"-fi9\"\n", 1)]
    public void What_is_not_understood_is_not_edited(string text, int line) =>
        Assert.Equal(line, Assert.Throws<KernelFormatException>(() => Edit(text, "1", [5])).Line);

    [Fact]
    public void An_edit_says_what_was_wanted_and_twice_is_once() =>
        Gen.Select(Gen.Int[0, 70].Array[1, 9], Gen.Int[1, 300].Array[0, 9], Gen.Const(Files).SelectMany(files => Gen.Int[0, files.Length - 1].Select(i => files[i])), Gen.Bool)
            .Sample(drawn =>
            {
                (int[] cpus, int[] irqs, string text, bool knowsList) = drawn;
                string edited = IrqBalanceFile.Edit("f", text, CpuList.Of(cpus), irqs, knowsList);
                (CpuList? banned, int[] bannedIrqs) = IrqBalances.InFile(edited);
                Assert.Equal(CpuList.Of(cpus), banned);
                Assert.Equal(irqs.Distinct().Order(), bannedIrqs);
                Assert.Equal(edited, IrqBalanceFile.Edit("f", edited, CpuList.Of(cpus), irqs, knowsList));
            });

    [Fact]
    public void The_real_disk_keeps_mode_and_link_and_gets_every_byte_back()
    {
        string path = _folder.Write("real", Shipped.TrimEnd('\n'));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        string link = Path.Combine(_folder.Path, "irqbalance");
        _ = File.CreateSymbolicLink(link, path);
        string owner = Owner(path);
        byte[] before = File.ReadAllBytes(path);
        NsmChange made = Change(link, "0-3");

        Assert.Equal(ChangeState.Done, made.State);
        Assert.Contains("\nIRQBALANCE_BANNED_CPULIST=0-3\n", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(path, new FileInfo(link).LinkTarget);
        Assert.Equal((UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, owner), (File.GetUnixFileMode(path), Owner(path)));

        Undo(made);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["irqbalance", "journal", "real"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_owner_of_a_file_stays()
    {
        ExternalTool.NeedRoot();
        string path = _folder.Write("owned", "X=1\n");
        _ = ExternalTool.Run("chown", "12345:54321", path);

        _ = Change(path, "1");

        Assert.Equal("12345:54321", Owner(path));
    }

    [Fact]
    public void A_file_that_was_not_there_is_gone_after_undoing()
    {
        string path = Path.Combine(_folder.Path, "irqbalance");

        NsmChange made = Change(path, "1");
        Assert.Equal("IRQBALANCE_BANNED_CPULIST=1\n", File.ReadAllText(path));

        Undo(made);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_disk_that_is_full_keeps_the_old_file()
    {
        ExternalTool.NeedRoot();
        string disk = Directory.CreateDirectory(Path.Combine(_folder.Path, "disk")).FullName;
        _ = ExternalTool.Run("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", disk);
        try
        {
            string path = _folder.Write("disk/irqbalance", "X=1\n");
            File.WriteAllBytes(Path.Combine(disk, "filler"), new byte[4096]);

            Assert.Equal(Errno.ENOSPC, new LiveFileTree().Replace(path, "X=2\n"u8));
            Assert.Equal("X=1\n", File.ReadAllText(path));
            Assert.Equal(2, Directory.GetFiles(disk).Length);
        }
        finally
        {
            _ = ExternalTool.Run("umount", disk);
        }
    }

    [Theory]
    [InlineData("0-3", Errno.EINVAL)]
    [InlineData("0-2", Errno.None)]
    public void A_CPU_has_to_be_left(string cpus, Errno expected)
    {
        using SmallMachine machine = new SmallMachine().With("/etc/default/irqbalance", Shipped).With("/sys/devices/system/cpu/online", "0-3\n");

        Assert.Equal(expected, IrqBalanceBans.Plan(machine, CpuList.Parse(cpus), null).Refusal?.Errno ?? Errno.None);
    }

    [Fact]
    public void A_fence_adds_to_what_is_banned_and_to_the_default()
    {
        using SmallMachine machine = new SmallMachine().With("/etc/default/irqbalance", "IRQBALANCE_ARGS=--banirq=7\n")
            .With("/sys/devices/system/cpu/online", "0-7\n").With("/sys/devices/system/cpu/isolated", "6-7\n");

        PlannedChange change = IrqBalanceBans.PlanFence(machine, CpuList.Parse("0-1"), [38, 39], out string? note).Value;

        Assert.Null(note);
        (CpuList? cpus, int[] irqs) = IrqBalances.InFile((string)change.After["Text"]!);
        Assert.Equal("0-1,6-7", cpus?.ToString());
        Assert.Equal([7, 38, 39], irqs);
        _ = IrqBalanceBans.PlanFence(machine, CpuList.Parse("0-5"), [38], out note);
        Assert.NotNull(note);
    }

    [Fact]
    public void Where_it_is_not_installed_there_is_nothing_to_ban()
    {
        using SmallMachine machine = new();

        Assert.Equal(Errno.EOPNOTSUPP, IrqBalanceBans.Plan(machine, CpuList.Parse("1"), null).Refusal?.Errno);
    }

    [Theory]
    [InlineData("EnvironmentFile=/usr/lib/irqbalance/defaults.env\nEnvironmentFile=-/etc/sysconfig/irqbalance\n", "/etc/sysconfig/irqbalance")]
    [InlineData("EnvironmentFile=-/etc/default/irqbalance\n", "/etc/default/irqbalance")]
    [InlineData("", "/etc/default/irqbalance")]
    public void The_unit_tells_where_the_file_would_be(string unit, string expected)
    {
        using SmallMachine machine = new SmallMachine().With("/usr/sbin/irqbalance", "\u007fELF IRQBALANCE_BANNED_CPUS").With("/usr/lib/systemd/system/irqbalance.service", unit);

        Assert.Equal(expected, IrqBalances.FindSettings(machine.Files));
        Assert.False(IrqBalances.KnowsList(machine.Files));
    }

    private static string Edit(string text, string? cpus, int[]? irqs) =>
        IrqBalanceFile.Edit("f", text, cpus is null ? null : CpuList.Parse(cpus), irqs, knowsList: true);

    private static string Owner(string path) => ExternalTool.Run("stat", "-c", "%u:%g", path).Trim();

    private string JournalFolder => Path.Combine(_folder.Path, "journal");

    // A running irqbalance is told of the change, and that of another test is not to be.
    private NsmChange Change(string path, string cpus)
    {
        using ThisMachine machine = new();
        using Sensor sensor = Sensor.Open(null);
        using Journal journal = Journal.Open(JournalFolder);
        PlannedChange change = new IrqBalanceFileSetting().Plan(sensor, path, CpuList.Parse(cpus), null).Value;
        return new ChangeRun(sensor, journal, Plans.KnownSettings.All).Apply(change).Value;
    }

    private void Undo(NsmChange change)
    {
        using ThisMachine machine = new();
        using Sensor sensor = Sensor.Open(null);
        using Journal journal = Journal.Open(JournalFolder);
        Assert.Equal(ChangeState.Undone, ChangeUndo.Undo(sensor, journal, Journal.Read(JournalFolder), Plans.KnownSettings.All, change).Value.State);
    }
}
