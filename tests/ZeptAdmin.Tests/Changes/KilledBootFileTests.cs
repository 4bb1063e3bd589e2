using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Changes;

/// <summary>Boot files of a folder that stands in the place of /boot for one process, edited by a zept that is killed on its way.</summary>
public sealed class KilledBootFileTests : IDisposable
{
    private const string Before = "title A\nlinux /vmlinuz\noptions root=/dev/sda1 ro quiet\n";
    private const string After = "title A\nlinux /vmlinuz\noptions root=/dev/sda1 ro quiet nowatchdog\n";
    private const string Folder = "/boot/loader/entries";
    private const string Target = Folder + "/a.conf";

    // All by which a file comes into being; strace counts each by itself.
    private static readonly (string Call, string Path)[] Calls =
    [
        .. from call in (string[])["openat", "unlink", "write", "pwrite64", "fchown", "fchmod", "fsync", "rename"] select (call, $"{Target} -P {Target}.zeptadmin-new"),
        ("fsync", Folder),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_kill_at_any_call_leaves_a_boot_file_old_or_new_and_whole()
    {
        Need();
        HashSet<string> killedAt = [];
        foreach ((string call, string path) in Calls)
        {
            for (int count = 1; count < 20; count++)
            {
                Write();
                int exitCode = Run(Path.Combine(_folder.Path, "state"), $"-P {path} -e trace={call} -e inject={call}:signal=KILL:when={count}", "Set-KernelArgument nowatchdog -Confirm:$false");

                // Before the rename it is the old text, behind it the new one, and nothing is ever in between. It is opened to be read on both sides.
                bool isBehind = exitCode == 0 || path == Folder;
                string[] allowed = call == "openat" && !isBehind ? [Before, After] : isBehind ? [After] : [Before];
                Assert.Contains(Read(), allowed);
                if (exitCode == 0)
                {
                    break;
                }

                _ = killedAt.Add($"{call} {path}");
            }
        }

        Assert.Superset(new HashSet<string>(Calls.Where(step => step.Call is "openat" or "fsync" or "rename").Select(step => $"{step.Call} {step.Path}")), killedAt);
    }

    [Fact]
    public void A_kill_at_each_write_of_the_journal_can_be_taken_back()
    {
        Need();
        for (int write = 1; write <= 2; write++)
        {
            Write();
            string state = Path.Combine(_folder.Path, $"kill{write}");
            Assert.Equal(137, Run(state, $"-P {state}/journal/journal.jsonl -e trace=write,pwrite64 -e inject=write,pwrite64:signal=KILL:when={write}", "Set-KernelArgument nowatchdog -Confirm:$false"));
            Assert.Equal(write == 1 ? Before : After, Read());

            Assert.Equal(0, Run(state, "-e trace=none", "Undo-NsmChange -After 2000-01-01 -Confirm:$false"));
            Assert.Equal(Before, Read());
        }
    }

    private void Need()
    {
        KilledZept.NeedStrace();
        Assert.SkipUnless(Directory.Exists("/boot") && ExternalTool.TryRun("unshare", "-m", "mount", "--bind", _folder.Path, "/boot").ExitCode == 0, "nothing can be mounted here (needs root and unshare)");
        Assert.SkipWhen(File.Exists("/usr/bin/clr-boot-manager") || File.Exists("/etc/kernel/cmdline") || File.Exists("/etc/default/grub"), "this machine's own boot settings would be meant, too");
    }

    private void Write()
    {
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, "boot", "loader", "entries"));
        File.WriteAllText(Path.Combine(_folder.Path, "boot", "loader", "entries", "a.conf"), Before);
    }

    private string Read() => File.ReadAllText(Path.Combine(_folder.Path, "boot", "loader", "entries", "a.conf"));

    private int Run(string state, string strace, string command)
    {
        (int exitCode, string output, string errors) = ExternalTool.TryRun(
            "unshare",
            "-m",
            "sh",
            "-c",
            $"mount --bind '{_folder.Path}/boot' /boot && exec strace -f -qq -o /dev/null -E ZEPTADMIN_STATE={state} -E TMPDIR={_folder.Path} {strace} '{Zept.Path}' -Command '{command}'");
        Assert.True(exitCode is 0 or 137, $"zept ended with {exitCode}: {output}{errors}");
        return exitCode;
    }
}
