using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>The format of <c>values.txt</c>: small files, links and refusals of a snapshot, one a line.</summary>
/// <remarks>
/// <para>A machine has tens of thousands of sysfs attributes of a few bytes; as entries of a zip of their own they would take megabytes.
/// A line is a path, a tab, a mark and the rest:</para>
/// <list type="bullet">
/// <item><c>=TEXT</c> a file with TEXT and a newline; <c>:TEXT</c> a file with TEXT alone;</item>
/// <item><c>&gt;TARGET</c> a symbolic link; <c>/</c> a folder;</item>
/// <item><c>!ERRNO</c> a file that could not be read, and why; <c>?</c> a file that is there and was not read.</item>
/// </list>
/// </remarks>
internal static class SnapshotValues
{
    private const int MostLength = 1024;

    /// <summary>The line of a file, or null when it is too long for one or not one line of text; then it is kept as a file.</summary>
    public static string? FileLine(string path, ReadOnlySpan<byte> content)
    {
        if (content.Length > MostLength || !System.Text.Unicode.Utf8.IsValid(content))
        {
            return null;
        }

        bool ends = content.EndsWith("\n"u8);
        string text = Encoding.UTF8.GetString(ends ? content[..^1] : content);
        return text.Any(letter => char.IsControl(letter) && letter != '\t') ? null : $"{path}\t{(ends ? '=' : ':')}{text}";
    }

    /// <summary>The line of a file that could not be read.</summary>
    public static string RefusalLine(string path, Errno errno) => string.Create(CultureInfo.InvariantCulture, $"{path}\t!{(int)errno}");

    /// <summary>The line of a link.</summary>
    public static string LinkLine(string path, string target) => $"{path}\t>{target}";

    /// <summary>The line of a folder.</summary>
    public static string FolderLine(string path) => $"{path}\t/";

    /// <summary>The line of a file that was seen and not read.</summary>
    public static string UnreadLine(string path) => $"{path}\t?";

    /// <summary>Reads the lines into a tree.</summary>
    /// <exception cref="KernelFormatException">A line is none, or is hostile.</exception>
    public static void Read(string text, string source, ArchiveTree tree)
    {
        int number = 0;
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            number++;
            ReadOnlySpan<char> line = text.AsSpan(range);
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            int tab = line.IndexOf('\t');
            if (tab <= 0 || tab + 1 >= line.Length || line[0] != '/')
            {
                throw new KernelFormatException(source, "a value has a path, a tab and a mark", number);
            }

            string? path = tree.Accept(line[1..tab].ToString());
            if (path is not null)
            {
                Add(path, line[tab + 1], line[(tab + 2)..].ToString(), source, number, tree);
            }
        }
    }

    private static void Add(string path, char mark, string rest, string source, int number, ArchiveTree tree)
    {
        switch (mark)
        {
            case '=':
                AddFile(path, rest + "\n", tree);
                break;
            case ':':
                AddFile(path, rest, tree);
                break;
            case '>':
                tree.AddLink(path, rest);
                break;
            case '/':
                tree.AddFolder(path);
                break;
            case '!' when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int errno) && errno > 0:
                tree.AddFile(path, new MemoryFile((Errno)errno));
                break;
            case '?':
                tree.AddFile(path, new MemoryFile(Errno.ENODATA));
                break;
            default:
                throw new KernelFormatException(source, "the mark of a value is one of = : > / ! ?", number);
        }
    }

    private static void AddFile(string path, string content, ArchiveTree tree)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        tree.Count(path, bytes.Length);
        tree.AddFile(path, new MemoryFile(bytes));
    }
}
