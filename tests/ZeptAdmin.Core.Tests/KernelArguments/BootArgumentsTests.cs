using CsCheck;
using ZeptAdmin.Changes;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;
using ZeptAdmin.Tests.Irqs;

namespace ZeptAdmin.Tests.KernelArguments;

public sealed class BootArgumentsTests : IDisposable
{
    private const string Entry = "/boot/loader/entries/0123-6.1.0.conf";
    private const string Defaults = "GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet isolcpus=1\" # usual\nGRUB_CMDLINE_LINUX=\"\"\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("quiet ro", "isolcpus=1-3", "", "quiet ro isolcpus=1-3")]
    [InlineData("isolcpus=1  quiet", "isolcpus=1-3", "", "isolcpus=1-3 quiet")]
    [InlineData("rcu-nocbs=1 quiet rcu_nocbs=2", "rcu_nocbs=3", "", "rcu_nocbs=3 quiet")]
    [InlineData("quiet  ro", "quiet", "", "quiet  ro")]
    [InlineData("a=\"b c\" quiet", "", "quiet", "a=\"b c\"")]
    [InlineData("quiet -- single", "ro", "", "quiet ro -- single")]
    [InlineData("", "ro", "", "ro")]
    public void A_line_is_edited_word_by_word(string line, string set, string removed, string expected) =>
        Assert.Equal(expected, KernelCommandLine.Edit(line, [.. set.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(KernelCommandLine.Word)], removed.Split(' ')));

    [Fact]
    public void An_edit_gives_what_was_wanted_once_keeps_the_rest_and_twice_is_once() =>
        Gen.Select(Of("a=1", "b", "c-d=2", "c_d=3", "e=\"f g\"", "-- init").Array[0, 8], Of("a=9", "b", "c_d=4"), Of("a", "e", "x")).Sample((words, set, removed) =>
        {
            string line = string.Join(' ', words);
            KernelWord wanted = KernelCommandLine.Word(set);
            string once = KernelCommandLine.Edit(line, [wanted], [removed]);

            Assert.Equal(once, KernelCommandLine.Edit(once, [wanted], [removed]));
            KernelWord[] after = KernelCommandLine.Parse(once);
            Assert.Equal(set, Assert.Single(after, word => word.Key == wanted.Key).Text);
            Assert.DoesNotContain(after, word => word.Key == removed && word.Key != wanted.Key);
            Assert.Equal(
                KernelCommandLine.Parse(line).Where(word => word.Key != wanted.Key && word.Key != removed),
                after.Where(word => word.Key != wanted.Key));
        });

    [Fact]
    public void Debian_keeps_what_is_wanted_in_a_drop_in_and_loses_what_stood_elsewhere()
    {
        SmallMachine machine = Debian();

        Make(machine, ["isolcpus=1-3", "rcu_nocbs=1-3"], []);

        Assert.Equal("GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\" # usual\nGRUB_CMDLINE_LINUX=\"\"\n", Text(machine, "/etc/default/grub"));
        Assert.EndsWith("\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX isolcpus=1-3 rcu_nocbs=1-3\"\n", Text(machine, BootFiles.OwnGrubDropIn), StringComparison.Ordinal);
        Assert.Empty(BootArguments.Plan(machine, ["isolcpus=1-3", "rcu_nocbs=1-3"], []).Value);

        Make(machine, ["isolcpus=2"], ["rcu-nocbs"]);
        Assert.EndsWith("\"$GRUB_CMDLINE_LINUX isolcpus=2\"\n", Text(machine, BootFiles.OwnGrubDropIn), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shell_that_reads_the_edited_settings_gives_the_kernel_what_was_wanted()
    {
        SmallMachine machine = Debian();
        Make(machine, ["isolcpus=1-3", "iommu=pt"], ["quiet"]);
        string first = _folder.Write("grub", Text(machine, "/etc/default/grub"));
        string second = _folder.Write("own.cfg", Text(machine, BootFiles.OwnGrubDropIn));

        (int exitCode, string output, _) = ExternalTool.TryRun("sh", "-c", $". '{first}'; . '{second}'; echo $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT");

        Assert.Equal((0, "isolcpus=1-3 iommu=pt"), (exitCode, output.Trim()));
    }

    [Theory]
    [InlineData("GRUB_CMDLINE_LINUX_DEFAULT=\"`cat /x` isolcpus=1\"\n", 1)]
    [InlineData("X=1\nGRUB_CMDLINE_LINUX=\"isolcpus=1 $MORE\"\n", 2)]
    [InlineData("GRUB_CMDLINE_LINUX=\"isolcpus=1 \\\nquiet\"\n", 1)]
    [InlineData("if true; then GRUB_CMDLINE_LINUX=x; fi\n", 1)]
    [InlineData("export GRUB_CMDLINE_LINUX=\"isolcpus=1\"\n", 1)]
    [InlineData("GRUB_CMDLINE_LINUX+=\" isolcpus=1\"\n", 1)]
    [InlineData("GRUB_CMDLINE_LINUX=\"a\"\"b\"\n", 1)]
    public void Settings_that_are_not_understood_are_not_edited(string text, int line)
    {
        SmallMachine machine = Debian(text);

        Assert.Equal(line, Assert.Throws<KernelFormatException>(() => BootArguments.Plan(machine, ["isolcpus=1-3"], [])).Line);
        Assert.Empty(machine.Writes);
    }

    [Fact]
    public void A_comment_beside_the_value_is_kept_or_refused_never_lost()
    {
        SmallMachine machine = Debian("GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"isolcpus=1\"\n");
        Make(machine, ["isolcpus=2"], []);
        Assert.Equal("GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"\"\n", Text(machine, "/etc/default/grub"));
    }

    [Fact]
    public void Every_entry_gets_them_and_so_do_the_files_of_later_kernels()
    {
        SmallMachine machine = Fedora();

        Make(machine, ["isolcpus=1-3"], ["quiet"]);

        Assert.Equal("title A\nlinux /vmlinuz\noptions root=/dev/sda1 ro isolcpus=1-3\n", Text(machine, Entry));
        Assert.Equal("root=/dev/sda1 ro isolcpus=1-3\n", Text(machine, "/etc/kernel/cmdline"));
        Assert.Equal("GRUB_CMDLINE_LINUX=\"rhgb isolcpus=1-3\"\n", Text(machine, "/etc/default/grub"));
        KernelArgument isolated = Assert.Single(BootArguments.Get(machine).Value, argument => argument.Name == "isolcpus");
        Assert.Equal((KernelArgumentChange.Added, Entry, "1-3"), (isolated.Change, isolated.NextFrom, Assert.Single(isolated.Next)));
        Assert.Equal(KernelArgumentChange.Removed, Assert.Single(BootArguments.Get(machine).Value, argument => argument.Name == "quiet").Change);
    }

    [Theory]
    [InlineData("title A\nlinux /v\noptions $kernelopts\n", 3)]
    [InlineData("title A\nlinux /v\n", 0)]
    public void Entries_that_are_not_understood_are_not_edited(string text, int line)
    {
        SmallMachine machine = Fedora().With("/boot/loader/entries/0123-6.2.0.conf", text);

        Assert.Equal(line, Assert.Throws<KernelFormatException>(() => BootArguments.Plan(machine, ["isolcpus=1-3"], [])).Line);
        Assert.Empty(machine.Writes);
    }

    [Fact]
    public void Clear_Linux_has_a_piece_of_its_own()
    {
        SmallMachine machine = new SmallMachine().With("/usr/bin/clr-boot-manager", "").With("/proc/cmdline", "quiet\n").With("/etc/kernel/cmdline.d/10-x.conf", "isolcpus=1 quiet\n");

        Make(machine, ["isolcpus=1-3"], []);

        Assert.Equal(("quiet\n", "isolcpus=1-3\n"), (Text(machine, "/etc/kernel/cmdline.d/10-x.conf"), Text(machine, BootFiles.OwnClearDropIn)));
    }

    [Fact]
    public void Undoing_brings_back_every_byte()
    {
        SmallMachine machine = Fedora();
        string before = State(machine);
        using Journal journal = Journal.Open(_folder.Path);
        ChangeRun run = new(machine, journal, KnownSettings.All, "test");
        Assert.Equal(3, run.ApplyTogether(BootArguments.Plan(machine, ["isolcpus=1-3"], []).Value).Value.Length);
        Assert.NotEqual(before, State(machine));

        JournalEntry[] entries = Journal.Read(_folder.Path);
        foreach (NsmChange change in ChangeUndo.Select(ChangeHistory.Changes(entries, KnownSettings.All, ""), _ => true))
        {
            Assert.Equal(ChangeState.Undone, ChangeUndo.Undo(machine, journal, entries, KnownSettings.All, change).Value.State);
        }

        Assert.Equal(before, State(machine));
    }

    [Fact]
    public void A_menu_that_cannot_be_made_takes_the_settings_back()
    {
        SmallMachine machine = Fedora();
        string before = State(machine);
        using Journal journal = Journal.Open(_folder.Path);
        Answer<PlannedChange>[] changes = [.. BootArguments.Plan(machine, ["isolcpus=1-3"], []).Value.Select(change => (Answer<PlannedChange>)change), new Refusal(Errno.EIO, "make the menu", "grub.cfg")];

        Assert.Equal(Errno.EIO, new ChangeRun(machine, journal, KnownSettings.All, "test").ApplyInTurn(changes).Refusal!.Errno);

        Assert.Equal(before, State(machine));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a=$(reboot)")]
    [InlineData("a=\"b\"")]
    [InlineData("a=1;reboot")]
    [InlineData("--")]
    [InlineData("")]
    public void What_a_shell_or_a_boot_loader_would_read_otherwise_is_refused(string argument)
    {
        SmallMachine machine = Fedora();

        Assert.Equal(Errno.EINVAL, BootArguments.Plan(machine, [argument], []).Refusal!.Errno);
    }

    [Fact]
    public void A_machine_whose_host_gives_the_line_says_so()
    {
        SmallMachine machine = new SmallMachine().With("/proc/cmdline", "quiet\n");

        Assert.Equal(Errno.EOPNOTSUPP, BootArguments.Plan(machine, ["a=1"], []).Refusal!.Errno);
        Assert.Equal(KernelArgumentChange.Unknown, Assert.Single(BootArguments.Get(machine).Value).Change);
    }

    [Fact]
    public void The_difference_is_told_line_by_line()
    {
        PlannedChange change = Assert.Single(BootArguments.Plan(Fedora(), ["isolcpus=1-3"], []).Value, change => change.Target == Entry);

        Assert.Equal($"Edit '{Entry}'\n- options root=/dev/sda1 ro quiet\n+ options root=/dev/sda1 ro quiet isolcpus=1-3", change.ToString());
    }

    private static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static SmallMachine Debian(string defaults = Defaults) => new SmallMachine()
        .With("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet\n").With("/etc/default/grub", defaults).With("/etc/default/grub.d/init-select.cfg", "# nothing\n")
        .With("/boot/grub/grub.cfg", "menuentry 'Debian' {\n\tlinux\t/vmlinuz root=/dev/sda1 quiet\n}\n");

    private static SmallMachine Fedora() => new SmallMachine()
        .With("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n").With(Entry, "title A\nlinux /vmlinuz\noptions root=/dev/sda1 ro quiet\n")
        .With("/etc/kernel/cmdline", "root=/dev/sda1 ro quiet\n").With("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"rhgb quiet\"\n");

    private void Make(SmallMachine machine, string[] set, string[] removed)
    {
        using Journal journal = Journal.Open(Path.Combine(_folder.Path, "journal"));
        Assert.Null(new ChangeRun(machine, journal, KnownSettings.All, "test").ApplyTogether(BootArguments.Plan(machine, set, removed).Value).Refusal);
    }

    private static string Text(SmallMachine machine, string path) => System.Text.Encoding.UTF8.GetString(machine.Files.Read(path).Bytes.Span);

    private static string State(SmallMachine machine) =>
        string.Join('\n', machine.Contents.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}={System.Text.Encoding.UTF8.GetString(file.Value)}"));
}
