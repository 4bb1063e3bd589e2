using System.Management.Automation;
using System.Reflection;
using System.Text;
using ZeptAdmin.Audit;
using ZeptAdmin.Changes;
using ZeptAdmin.Fleet;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Docs;

/// <summary>
/// The lists in the about topics and in the README are written from code and pages: ZEPTADMIN_ACCEPT=1 dotnet test --filter TopicTests writes them anew.
/// </summary>
public sealed class TopicTests
{
    [Fact]
    public void The_topic_of_errors_lists_every_id()
    {
        using Engine engine = new();
        Type table = (Type)engine.Run("[ZeptAdmin.Cmdlets.SensorCmdlet].Assembly.GetType('ZeptAdmin.Errors.KernelErrors')").Single;
        ErrorRecord[] errors =
        [
            .. Enum.GetValues<Errno>().Where(errno => errno != Errno.None).Select(errno => Make(table, new Refusal(errno, "read", "target"))),
            Make(table, new Refusal(Errno.EROFS, "change", "target") { IsOfSnapshot = true }),
            .. ((Errno[])[Errno.EBUSY, Errno.ELOOP, Errno.ENOSPC, Errno.EROFS]).Select(errno => Make(table, new JournalException(new Refusal(errno, "write the journal", "target")))),
            Make(table, new Refusal(Errno.EIO, "make the boot menu", "target") { Tool = "/usr/sbin/grub-mkconfig" }),
            Make(table, new KernelFormatException("file", "problem")),
            engine.Run("Save-NsmSnapshot $args[0] -Snapshot $args[1] -Interval 0", Path.Combine(Repository.Root, "README.md"), Repository.Snapshot("two-port-i40e")).Errors.Single(),
            engine.Run("New-RssKey -Pattern 01:02:03").Errors.Single(),
            engine.Run("Measure-RssBalance a.pcap -InterfaceName l* -Snapshot $args[0]", Repository.Snapshot("sensor-x710")).Errors.Single(),
            engine.Run("Measure-RssBalance a.pcap -Queue (1..65)").Errors.Single(),
            engine.Run("Measure-FlowSymmetry lo -Snapshot /").Errors.Single(),
            engine.Run("Resolve-NsmFlow 10.0.0.1 ::1 -InterfaceName lo").Errors.Single(),
            engine.Run("Import-NsmPlan $args[0]", Path.Combine(Repository.Root, "README.md")).Errors.Single(),
            engine.Run("New-NsmPlan -Snapshot $args[0] | Export-NsmPlan $args[1]", Path.Combine(Repository.Root, "examples", "sensors", "talk.zip"), Path.Combine(Repository.Root, "README.md")).Errors.Single(),
            engine.Run("Export-NsmTopology $args[0] -Snapshot $args[1]", Path.Combine(Repository.Root, "README.md"), Repository.Snapshot("two-port-i40e")).Errors.Single(),
            Make(table, new InstallationException("s1", "problem", isUnreachable: true)),
            Make(table, new InstallationException("s1", "problem", isUnreachable: false)),
            engine.Run("Set-IrqAffinity lo -Strategy Local -Cpu 1").Errors.Single(),
        ];

        StringBuilder text = new();
        foreach (IGrouping<string, ErrorRecord> errorsOfId in errors.GroupBy(error => error.FullyQualifiedErrorId.Split(',')[0]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            ErrorRecord error = errorsOfId.First();
            string numbers = string.Join(", ", errorsOfId.Select(each => (each.Exception as KernelException)?.Errno).Where(errno => errno is not null));
            _ = text.Append($"### {errorsOfId.Key}\n\nCategory {error.CategoryInfo.Category}.{(numbers.Length == 0 ? "" : $" Of {numbers}.")}\n{error.ErrorDetails?.RecommendedAction ?? error.Exception.Message}\n\n");
        }

        AssertSection("about_ZeptErrors", "IDS", text.ToString());
    }

    [Fact]
    public void The_topic_of_checks_lists_every_check()
    {
        StringBuilder text = new();
        foreach (Check check in Checks.All)
        {
            _ = text.Append($"### {check.Id}\n\n{check.Category}. {check.Why}\nReference: {check.Reference}\n\n");
        }

        AssertSection("about_NsmChecks", "CHECKS", text.ToString());
    }

    [Fact]
    public void The_readme_lists_every_command()
    {
        string path = Path.Combine(Repository.Root, "README.md");
        string text = File.ReadAllText(path);
        const string Header = "| Command | What it answers or does |\n|---|---|\n";
        int start = text.IndexOf(Header, StringComparison.Ordinal) + Header.Length;
        int end = text.IndexOf("\n\n", start, StringComparison.Ordinal) + 1;
        string expected = string.Concat(HelpPage.Commands.Select(command => $"| [{command}](docs/en-US/{command}.md) | {HelpPage.Read(command).Section("SYNOPSIS").Trim()} |\n"));
        if (Environment.GetEnvironmentVariable("ZEPTADMIN_ACCEPT") == "1")
        {
            File.WriteAllText(path, text[..start] + expected + text[end..]);
            return;
        }

        Assert.Equal(expected, text[start..end]);
    }

    [Theory]
    [InlineData("about_ZeptAdmin")]
    [InlineData("about_NsmFanout")]
    [InlineData("about_NsmMetric")]
    [InlineData("about_NsmPlan")]
    [InlineData("about_NsmSensor")]
    [InlineData("about_NsmChecks")]
    [InlineData("about_ZeptErrors")]
    public void A_topic_has_the_form_that_help_looks_for_and_fits_a_terminal(string topic)
    {
        string text = File.ReadAllText(PathOf(topic));

        Assert.StartsWith($"# {topic}\n\n## SHORT DESCRIPTION\n\n", text, StringComparison.Ordinal);
        Assert.Contains("\n## LONG DESCRIPTION\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.All(
            text[text.IndexOf("## SEE ALSO", StringComparison.Ordinal)..].Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)),
            line => Assert.True(File.Exists(PathOf(line[2..])), $"{line[2..]} has no page."));
    }

    private static ErrorRecord Make(Type table, object problem) => (ErrorRecord)table
        .GetMethod("ToErrorRecord", BindingFlags.Static | BindingFlags.Public, [problem.GetType()])!
        .Invoke(null, [problem])!;

    private static string PathOf(string topic) => Path.Combine(HelpPage.Folder, topic + ".md");

    private static void AssertSection(string topic, string heading, string expected)
    {
        string text = File.ReadAllText(PathOf(topic));
        int start = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal) + heading.Length + 5;
        int end = text.IndexOf("\n## ", start - 1, StringComparison.Ordinal) + 1;
        string wrapped = "\n" + Wrap(expected);
        if (Environment.GetEnvironmentVariable("ZEPTADMIN_ACCEPT") == "1")
        {
            text = text[..start] + wrapped + text[end..];
            File.WriteAllText(PathOf(topic), text);
            return;
        }

        Assert.Equal(wrapped, text[start..end]);
    }

    // Help shows the topic as it stands, so lines are broken here.
    private static string Wrap(string text)
    {
        StringBuilder wrapped = new();
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            int width = 0;
            foreach (string word in line.Split(' '))
            {
                if (width > 0)
                {
                    bool fits = width + 1 + word.Length <= 78;
                    _ = wrapped.Append(fits ? ' ' : '\n');
                    width = fits ? width + 1 : 0;
                }

                _ = wrapped.Append(word);
                width += word.Length;
            }

            _ = wrapped.Append('\n');
        }

        return wrapped.Append('\n').ToString();
    }
}
