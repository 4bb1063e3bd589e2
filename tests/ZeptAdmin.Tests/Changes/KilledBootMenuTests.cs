using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Changes;

/// <summary>GRUB's settings and the menu that is made of them, in folders that stand in the place of the real ones for one process, changed by a zept that is killed on its way.</summary>
public sealed class KilledBootMenuTests : IDisposable
{
    private const string SettingsPath = "/etc/default/grub";
    private const string MenuPath = "/boot/grub/grub.cfg";
    private const string Settings = "GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX=\"ro quiet\"\n";
    private const string NewSettings = "GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX=\"ro quiet nowatchdog\"\n";
    private const string Menu = "menuentry 'A' {\n\tlinux\t/vmlinuz root=/dev/sda1 ro quiet\n}\n";
    private const string NewMenu = "menuentry 'A' {\n\tlinux\t/vmlinuz root=/dev/sda1 ro quiet nowatchdog\n}\n";

    // What grub-mkconfig does: it makes a menu of the settings that are there.
    private const string Maker = "#!/bin/sh\n. /etc/default/grub\nprintf \"menuentry 'A' {\\n\\tlinux\\t/vmlinuz root=/dev/sda1 %s\\n}\\n\" \"$GRUB_CMDLINE_LINUX\"\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Between the first write of the settings and the last word of the journal there are five places where the two files can be apart.
    [Theory]
    [InlineData("settings", "rename", false, false)]
    [InlineData("journal 2", "write", true, false)]
    [InlineData("menu", "openat", true, false)]
    [InlineData("menu", "rename", true, false)]
    [InlineData("journal 4", "write", true, true)]
    public void A_kill_between_settings_and_menu_leaves_both_whole_and_can_be_taken_back(string place, string call, bool areSettingsNew, bool isMenuNew)
    {
        Need();
        Write();
        string state = Path.Combine(_folder.Path, "state");
        string inject = place switch
        {
            "settings" => $"-P {SettingsPath} -P {SettingsPath}.zeptadmin-new -e trace={call} -e inject={call}:signal=KILL:when=1",
            "menu" => $"-P {MenuPath}.zeptadmin-new -e trace={call} -e inject={call}:signal=KILL:when=1",
            _ => $"-P {state}/journal/journal.jsonl -e trace=write,pwrite64 -e inject=write,pwrite64:signal=KILL:when={place[^1]}",
        };

        Assert.Equal(137, Run(state, inject, "Set-KernelArgument nowatchdog -Confirm:$false"));

        Assert.Equal((areSettingsNew ? NewSettings : Settings, isMenuNew ? NewMenu : Menu), Read());
        Assert.Equal(0, Run(state, "-e trace=none", "Undo-NsmChange -After 2000-01-01 -Confirm:$false"));
        Assert.Equal((Settings, Menu), Read());
    }

    [Fact]
    public void Without_a_kill_the_menu_is_made_of_the_settings()
    {
        Need();
        Write();

        Assert.Equal(0, Run(Path.Combine(_folder.Path, "state"), "-e trace=none", "Set-KernelArgument nowatchdog -Confirm:$false"));

        Assert.Equal((NewSettings, NewMenu), Read());
    }

    [Fact]
    public void A_menu_that_has_still_what_was_to_go_takes_the_settings_back()
    {
        Need();
        Write();
        File.WriteAllText(Path.Combine(_folder.Path, "sbin", "grub-mkconfig"), Maker.Replace("sda1 %s", "sda1 quiet %s", StringComparison.Ordinal));

        Assert.Equal(0, Run(Path.Combine(_folder.Path, "state"), "-e trace=none", "Set-KernelArgument -Remove quiet -Confirm:$false"));

        Assert.Equal((Settings, Menu), Read());
    }

    private void Need()
    {
        KilledZept.NeedStrace();
        Assert.SkipUnless(
            Directory.Exists("/boot") && Directory.Exists("/etc/default") && ExternalTool.TryRun("unshare", "-m", "mount", "--bind", _folder.Path, "/boot").ExitCode == 0,
            "nothing can be mounted here (needs root and unshare)");
        Assert.SkipWhen(File.Exists("/usr/bin/clr-boot-manager") || File.Exists("/etc/kernel/cmdline"), "this machine's own boot settings would be meant, too");
    }

    private void Write()
    {
        foreach (string folder in (string[])["boot/grub", "default", "sbin"])
        {
            _ = Directory.CreateDirectory(Path.Combine(_folder.Path, folder));
        }

        File.WriteAllText(Path.Combine(_folder.Path, "boot", "grub", "grub.cfg"), Menu);
        File.WriteAllText(Path.Combine(_folder.Path, "default", "grub"), Settings);
        string maker = Path.Combine(_folder.Path, "sbin", "grub-mkconfig");
        File.WriteAllText(maker, Maker);
        File.SetUnixFileMode(maker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private (string Settings, string Menu) Read() =>
        (File.ReadAllText(Path.Combine(_folder.Path, "default", "grub")), File.ReadAllText(Path.Combine(_folder.Path, "boot", "grub", "grub.cfg")));

    // Nothing else of /usr/sbin is needed inside; what mounts and traces is found before it is covered.
    private int Run(string state, string strace, string command)
    {
        (int exitCode, string output, string errors) = ExternalTool.TryRun(
            "unshare",
            "-m",
            "sh",
            "-c",
            $"mount --bind '{_folder.Path}/boot' /boot && mount --bind '{_folder.Path}/default' /etc/default && mount --bind '{_folder.Path}/sbin' /usr/sbin && "
            + $"exec strace -f -qq -o /dev/null -E ZEPTADMIN_STATE={state} -E TMPDIR={_folder.Path} {strace} '{Zept.Path}' -Command '{command}'");
        Assert.True(exitCode is 0 or 137, $"zept ended with {exitCode}: {output}{errors}");
        return exitCode;
    }
}
