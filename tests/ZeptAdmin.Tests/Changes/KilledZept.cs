using ZeptAdmin.Changes;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Changes;

/// <summary>Runs of zept that are killed (SIGKILL, by strace) at a write to their journal.</summary>
internal static class KilledZept
{
    /// <summary>More writes than any run makes.</summary>
    public const int Never = 9999;

    /// <summary>Skips the test where strace may not trace.</summary>
    public static void NeedStrace() =>
        Assert.SkipUnless(ExternalTool.TryRun("strace", "-o", "/dev/null", "true").ExitCode == 0, "strace may not trace here");

    /// <summary>Runs zept and kills it at a write to its journal; true when it was killed. strace counts the writes to that file alone.</summary>
    public static bool RunUntil(int write, string state, params string[] arguments)
    {
        (int exitCode, string output, string errors) = ExternalTool.TryRun(
            "strace",
            [
                "-f", "-qq", "-o", "/dev/null", "-E", $"ZEPTADMIN_STATE={state}", "-E", $"TMPDIR={Path.GetDirectoryName(state)}", "-P", Path.Combine(state, "journal", "journal.jsonl"),
                "-e", "trace=write,pwrite64", "-e", $"inject=write,pwrite64:signal=KILL:when={write}", Zept.Path, .. arguments,
            ]);
        Assert.True(exitCode is 0 or 137, $"zept ended with {exitCode}: {output}{errors}");
        return exitCode == 137;
    }

    /// <summary>Lines of the journal.</summary>
    public static int Lines(string state)
    {
        string file = Path.Combine(state, "journal", "journal.jsonl");
        return File.Exists(file) ? Journal.Read(Path.GetDirectoryName(file)!).Length : 0;
    }
}
