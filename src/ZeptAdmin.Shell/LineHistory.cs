namespace ZeptAdmin.Shell;

/// <summary>Lines that were entered, kept in a file that only its owner reads.</summary>
internal sealed class LineHistory
{
    private const int Most = 1000;

    /// <summary>Lines with such words may hold a secret and are not written down.</summary>
    private static readonly string[] Secrets = ["password", "asplaintext", "token", "apikey", "secret"];

    private readonly List<string> _lines;
    private readonly string? _path;

    private LineHistory(string? path, List<string> lines)
    {
        _path = path;
        _lines = lines;
    }

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Reads the history of this user: zeptadmin/history in XDG_DATA_HOME, by default ~/.local/share.</summary>
    public static LineHistory Open()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (data.Length == 0)
        {
            return new LineHistory(null, []);
        }

        string path = Path.Combine(data, "zeptadmin", "history");
        try
        {
            return new LineHistory(path, File.Exists(path) ? [.. File.ReadLines(path).TakeLast(Most)] : []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new LineHistory(null, []);
        }
    }

    /// <summary>Adds a line, but not the same line twice in a row.</summary>
    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || (_lines.Count > 0 && _lines[^1] == line))
        {
            return;
        }

        _lines.Add(line);
        if (_path is null || Secrets.Any(secret => line.Contains(secret, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        try
        {
            Append(_path, line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A home that cannot be written to costs the history of this session only.
        }
    }

    private static void Append(string path, string line)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly });
        using StreamWriter writer = new(file);
        writer.Write(line + "\n");
    }
}
