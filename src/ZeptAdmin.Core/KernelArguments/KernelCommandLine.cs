using System.Text;

namespace ZeptAdmin.KernelArguments;

/// <summary>One argument of a kernel command line: its text, and the name and value in it.</summary>
/// <param name="Text">As it stands there: <c>isolcpus=1-3</c>.</param>
/// <param name="Name">Name as it is written; <see cref="KernelCommandLine.Key"/> makes it comparable.</param>
/// <param name="Value">Value without its quotes; null for an argument without one.</param>
internal readonly record struct KernelWord(string Text, string Name, string? Value)
{
    /// <summary>Name by which the kernel knows it: <c>-</c> and <c>_</c> are the same.</summary>
    public string Key => KernelCommandLine.Key(Name);
}

/// <summary>Takes a kernel command line apart and puts it together.</summary>
/// <remarks>As next_arg of lib/cmdline.c does: white space separates, double quotes keep together, what follows <c>--</c> is for init.</remarks>
internal static class KernelCommandLine
{
    private const string EndOfKernel = "--";

    /// <summary>Words for the kernel, in their order.</summary>
    public static KernelWord[] Parse(string line) => [.. Split(line).TakeWhile(word => word != EndOfKernel).Select(Word)];

    /// <summary>One argument as a word.</summary>
    public static KernelWord Word(string text)
    {
        // Quotes may stand around the whole or around the value.
        string bare = text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
        int equals = bare.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new KernelWord(text, bare, null) : new KernelWord(text, bare[..equals], bare[(equals + 1)..].Trim('"'));
    }

    /// <summary>A name as the kernel compares it (parameq of kernel/params.c).</summary>
    public static string Key(string name) => name.Replace('-', '_');

    /// <summary>The line with these arguments in the place of those of their names, and without those names; what is for init stays last.</summary>
    public static string Edit(string line, IReadOnlyList<KernelWord> set, IReadOnlyCollection<string> removed)
    {
        List<string> words = [.. Split(line)];
        int end = words.IndexOf(EndOfKernel);
        List<string> tail = end < 0 ? [] : words[end..];
        List<string> head = end < 0 ? words : words[..end];
        _ = head.RemoveAll(text => removed.Contains(Word(text).Key));
        foreach (KernelWord wanted in set)
        {
            int place = head.FindIndex(text => Word(text).Key == wanted.Key);
            _ = head.RemoveAll(text => Word(text).Key == wanted.Key);
            head.Insert(place < 0 ? head.Count : place, wanted.Text);
        }

        string edited = string.Join(' ', head.Concat(tail));

        // Spaces that somebody chose are kept where no word changes.
        return Split(line).SequenceEqual(Split(edited)) ? line : edited;
    }

    /// <summary>Words of a line, quotes in them.</summary>
    public static IEnumerable<string> Split(string line)
    {
        StringBuilder word = new();
        bool isQuoted = false;
        foreach (char letter in line)
        {
            isQuoted ^= letter == '"';
            if (!isQuoted && char.IsWhiteSpace(letter))
            {
                if (word.Length > 0)
                {
                    yield return word.ToString();
                    _ = word.Clear();
                }
            }
            else
            {
                _ = word.Append(letter);
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }
}
