using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.KernelArguments;

/// <summary>A file in which a boot loader, or what makes its files, keeps the kernel command line.</summary>
public sealed class BootFileSetting : TextFileSetting
{
    /// <inheritdoc/>
    public override string Kind => "BootFile";

    /// <inheritdoc/>
    protected override string Noun => "the boot settings";

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        if (base.Write(sensor, target, value) is Refusal refusal)
        {
            return refusal;
        }

        // Its pieces come into force when the tool has written the entries; it has no way to show them first, as grub-mkconfig has.
        return sensor.IsLive && target.StartsWith(BootFiles.ClearDropIns + "/", StringComparison.Ordinal) && BootFiles.ClearTool(sensor.Files) is string tool
            && DetachedProcess.Run(tool, "update") is (not 0, string said)
            ? new Refusal(Errno.EIO, "make boot entries of", target) { Tool = tool, Detail = $"{tool} failed. {said}".TrimEnd() }
            : null;
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) => BootDiff.Describe(target, (string?)before[Text] ?? "", (string?)after[Text] ?? "");

    /// <summary>The change that edits one file.</summary>
    /// <exception cref="KernelFormatException">The file is in a form that is not understood.</exception>
    internal Answer<PlannedChange> PlanEdit(Sensor sensor, string path, Func<string, string> edit) => Plan(sensor, path, edit);
}

/// <summary>GRUB's menu, which grub-mkconfig makes of the settings. Its value is the whole text, so that a broken settings file cannot cost the menu that boots.</summary>
public sealed class BootMenuSetting : TextFileSetting
{
    private static readonly string[] Tools = ["/usr/sbin/grub-mkconfig", "/usr/sbin/grub2-mkconfig", "/usr/bin/grub-mkconfig"];

    /// <inheritdoc/>
    public override string Kind => "BootMenu";

    /// <inheritdoc/>
    protected override string Noun => "the boot menu";

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after) => BootDiff.Describe(target, (string?)before[Text] ?? "", (string?)after[Text] ?? "");

    /// <summary>The change that makes the menu anew of the settings that are there now. The menu in force is not touched when it cannot be made.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="menu">Where the menu is.</param>
    /// <param name="wanted">Arguments that have to be in it.</param>
    /// <param name="gone">Keys of arguments that must not be in it.</param>
    internal Answer<PlannedChange> PlanMenu(Sensor sensor, string menu, IReadOnlyList<KernelWord> wanted, IReadOnlyCollection<string> gone)
    {
        if (Tools.FirstOrDefault(sensor.Files.Exists) is not string tool)
        {
            return new Refusal(Errno.ENOENT, "make the boot menu", menu) { Detail = "There is no grub-mkconfig." };
        }

        (int code, string text, string said) = DetachedProcess.Ask(tool);
        if (code != 0 || BootText.MenuOptions(text) is not string options)
        {
            return new Refusal(Errno.EIO, "make the boot menu", menu) { Tool = tool, Detail = $"{tool} {(code != 0 ? $"ended with {code}" : "made no entry of Linux")}; the menu in force is as it was. {said}".TrimEnd() };
        }

        string[] given = [.. KernelCommandLine.Split(options)];
        if (Array.Find(KernelCommandLine.Parse(options), word => gone.Contains(word.Key)) is { Text: string left })
        {
            return new Refusal(Errno.EIO, "make the boot menu", menu) { Tool = tool, Detail = $"{tool} made one that has {left} still; something else than the settings gives it, such as a script of /etc/grub.d." };
        }

        return wanted.FirstOrDefault(word => !given.Contains(word.Text)) is { Text: string missing }
            ? new Refusal(Errno.EIO, "make the boot menu", menu) { Tool = tool, Detail = $"{tool} made one without {missing}." }
            : Plan(sensor, menu, _ => text);
    }
}

/// <summary>The lines of a file that change, as diff shows them.</summary>
internal static class BootDiff
{
    /// <summary>What an edit takes away and adds, a line each.</summary>
    public static string Describe(string path, string before, string after)
    {
        List<string> old = [.. before.Split('\n')];
        List<string> gained = [];
        foreach (string line in after.Split('\n'))
        {
            if (!old.Remove(line))
            {
                gained.Add(line);
            }
        }

        return string.Join('\n', [$"Edit '{path}'", .. old.Where(line => line.Length > 0).Select(line => "- " + line), .. gained.Where(line => line.Length > 0).Select(line => "+ " + line)]);
    }
}
