using System.Buffers;
using System.Text.RegularExpressions;
using ZeptAdmin.Linux;

namespace ZeptAdmin.KernelArguments;

/// <summary>Finds and edits the command line in the text of boot files. What is not understood is refused with its line, never guessed.</summary>
internal static partial class BootText
{
    /// <summary>The variable that all entries of GRUB's menu get.</summary>
    public const string All = "GRUB_CMDLINE_LINUX";

    /// <summary>The variable that the usual entry gets besides.</summary>
    public const string Usual = "GRUB_CMDLINE_LINUX_DEFAULT";

    private static readonly SearchValues<char> ShellCharacters = SearchValues.Create("\"'\\$`");

    // What the shell, GRUB's menu or the kernel would read in another way than it is written.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create("\"'\\$`;#&|<>(){}*?~!\r\n\t ");

    /// <summary>Why an argument cannot be written to a boot file; null when it can.</summary>
    public static string? Problem(string argument) =>
        argument.AsSpan().IndexOfAny(Unsafe) is int place and >= 0 ? $"it has '{argument[place]}' in it, which shell, boot loader and kernel read in three ways"
        : argument.Length == 0 || argument[0] is '=' or '-' ? "it has no name"
        : null;

    /// <summary>Edits the value of a variable of a shell file that is one assignment a line; the text itself when nothing in it is meant.</summary>
    /// <param name="path">File, for the message.</param>
    /// <param name="text">Its text.</param>
    /// <param name="edit">The new value of a variable, of its name and value.</param>
    /// <exception cref="KernelFormatException">A line that sets one of the variables is in a form that is not understood.</exception>
    public static string EditShell(string path, string text, Func<string, string, string> edit)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (Assignment(path, lines, i) is not (string name, string before, string value, string after))
            {
                continue;
            }

            string edited = edit(name, value);
            if (edited == value)
            {
                continue;
            }

            string prefix = "";
            if (value.StartsWith($"${name} ", StringComparison.Ordinal))
            {
                (prefix, value) = ($"${name} ", value[(name.Length + 2)..]);
                edited = edit(name, value);
            }

            if (value.AsSpan().ContainsAny(ShellCharacters))
            {
                throw new KernelFormatException(path, $"a value of {name} with quotes, variables or commands in it; the file is not edited", i + 1);
            }

            // A value of one word may stand without quotes; one of several may not.
            string quote = before.EndsWith('\'') || before.EndsWith('"') ? "" : "\"";
            lines[i] = before + quote + prefix + edited + quote + after;
        }

        return string.Join('\n', lines);
    }

    /// <summary>Values that the variables have in the end, when each file is read after the one before; null for one that cannot be told.</summary>
    public static string ShellWords(string path, string text)
    {
        List<string> values = [];
        _ = EditShell(path, text, (_, value) =>
        {
            values.Add(value);
            return value;
        });
        return string.Join(' ', values);
    }

    /// <summary>Edits the options of an entry of the Boot Loader Specification. With more than one such line the last takes what is new.</summary>
    /// <exception cref="KernelFormatException">The options are a variable of GRUB, or there are none.</exception>
    public static string EditEntry(string path, string text, IReadOnlyList<KernelWord> set, IReadOnlyCollection<string> removed)
    {
        string[] lines = text.Split('\n');
        int[] options = [.. Enumerable.Range(0, lines.Length).Where(i => IsOptions(lines[i]))];
        if (options.Length == 0)
        {
            throw new KernelFormatException(path, "no line of options; the file is not edited");
        }

        foreach (int i in options)
        {
            string line = lines[i];
            int start = OptionsStart(line);
            if (line.AsSpan(start).IndexOfAny('$', '\r', '\\') >= 0)
            {
                throw new KernelFormatException(path, "options with a variable of GRUB in them (RHEL 8: use grubby); the file is not edited", i + 1);
            }

            bool isLast = i == options[^1];
            HashSet<string> gone = [.. removed, .. isLast ? [] : set.Select(word => word.Key)];
            lines[i] = line[..start] + KernelCommandLine.Edit(line[start..], isLast ? set : [], gone);
        }

        return string.Join('\n', lines);
    }

    /// <summary>The options of an entry.</summary>
    public static string EntryOptions(string text) =>
        string.Join(' ', text.Split('\n').Where(IsOptions).Select(line => line[OptionsStart(line)..]));

    /// <summary>The command line of the first Linux of a menu of GRUB; null when none is there, or another than the first is chosen.</summary>
    public static string? MenuOptions(string text)
    {
        foreach (string raw in text.Split('\n'))
        {
            string[] words = raw.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 2 && words[0] is "linux" or "linux16" or "linuxefi")
            {
                return string.Join(' ', words[2..]);
            }
        }

        return null;
    }

    /// <summary>Edits a file that is one command line and nothing else (/etc/kernel/cmdline), comments aside.</summary>
    /// <exception cref="KernelFormatException">More than one line is no comment.</exception>
    public static string EditLine(string path, string text, IReadOnlyList<KernelWord> set, IReadOnlyCollection<string> removed)
    {
        string[] lines = text.Split('\n');
        int[] used = [.. Enumerable.Range(0, lines.Length).Where(i => lines[i].Trim().Length > 0 && !lines[i].TrimStart().StartsWith('#'))];
        if (used.Length > 1 || text.Contains('\r', StringComparison.Ordinal))
        {
            throw new KernelFormatException(path, "a command line over several lines; the file is not edited", used.ElementAtOrDefault(1) + 1);
        }

        if (used.Length == 0)
        {
            return set.Count == 0 ? text : text + string.Join(' ', set.Select(word => word.Text)) + "\n";
        }

        lines[used[0]] = KernelCommandLine.Edit(lines[used[0]], set, removed);
        return string.Join('\n', lines);
    }

    private static bool IsOptions(string line) => line.StartsWith("options ", StringComparison.Ordinal) || line.StartsWith("options\t", StringComparison.Ordinal);

    private static int OptionsStart(string line) => line.Length - line["options".Length..].TrimStart().Length;

    // A line that sets one of the two variables, in parts; null for any other line.
    private static (string Name, string Before, string Value, string After)? Assignment(string path, string[] lines, int i)
    {
        if (!Mentioned().IsMatch(lines[i]))
        {
            return null;
        }

        Match match = OneAssignment().Match(lines[i]);
        return match.Success
            ? (match.Groups["name"].Value, match.Groups["before"].Value, match.Groups["value"].Value, match.Groups["after"].Value)
            : throw new KernelFormatException(path, $"{All} is set in a form that is not understood; the file is not edited", i + 1);
    }

    // Set anywhere in a line that is no comment.
    [GeneratedRegex(@"^(?!\s*#).*\bGRUB_CMDLINE_LINUX(?:_DEFAULT)?\+?=")]
    private static partial Regex Mentioned();

    // NAME=value, the value in one pair of quotes or of letters that need none; a comment may follow.
    [GeneratedRegex("""^(?<before>[ \t]*(?<name>GRUB_CMDLINE_LINUX(?:_DEFAULT)?)=(?<quote>["']|(?![ \t]*["'])))(?<value>(?(?<=["'])(?:(?!\k<quote>).)*(?<!\\)|[^\s"'\\$`;#&|<>(){}*?~!]*))(?<after>\k<quote>[ \t]*(?:(?<=[ \t])#.*)?)$""")]
    private static partial Regex OneAssignment();
}
