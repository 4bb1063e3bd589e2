namespace ZeptAdmin.Zeek;

/// <summary>An option of a file and where it stands.</summary>
/// <param name="Section">Section; empty before the first.</param>
/// <param name="Key">Key, in small letters.</param>
/// <param name="Values">Value, and what its further lines add.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="LastLine">Its last line.</param>
internal sealed record ZeekIniOption(string Section, string Key, string[] Values, int Line, int LastLine)
{
    /// <summary>The value; further lines are joined as the reader of the format joins them.</summary>
    public string Value => string.Join('\n', Values).Trim();
}

/// <summary>Something in a file that its reader refuses.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Text">What it is.</param>
internal sealed record ZeekIniProblem(int Line, string Text);

/// <summary>A node.cfg or zeek.conf by lines: what its reader makes of it, and edits that leave everything else as it is.</summary>
/// <remarks>
/// node.cfg is read as Python's configparser reads it, with which zeekctl does (ZeekControl/config.py); zeek.conf as zeek-systemd-generator
/// does (tools/systemd-generator/src/zeek-cluster-config.cc): the two differ in comments, delimiters and further lines.
/// </remarks>
internal sealed class ZeekIni
{
    private static readonly char[] Delimiters = ['=', ':'];

    private readonly List<string> _lines;
    private readonly List<(string Name, int Line)> _sections = [];
    private readonly List<ZeekIniOption> _options = [];
    private readonly List<ZeekIniProblem> _problems = [];
    private readonly ZeekConfigFormat _format;

    /// <summary>Reads a file.</summary>
    public ZeekIni(string text, ZeekConfigFormat format)
    {
        _format = format;
        _lines = [.. Split(text)];
        Read();
    }

    /// <summary>Sections in their order, with the line of each.</summary>
    public IReadOnlyList<(string Name, int Line)> Sections => _sections;

    /// <summary>Options in their order.</summary>
    public IReadOnlyList<ZeekIniOption> Options => _options;

    /// <summary>What the reader of the format refuses.</summary>
    public IReadOnlyList<ZeekIniProblem> Problems => _problems;

    /// <summary>Options of a section.</summary>
    public IEnumerable<ZeekIniOption> Of(string section) => _options.Where(option => option.Section == section);

    /// <summary>An option of a section; null when it has none.</summary>
    public ZeekIniOption? Find(string section, string key) => _options.Find(option => option.Section == section && option.Key == key);

    /// <summary>The file.</summary>
    public override string ToString() => string.Concat(_lines);

    /// <summary>The file with another value, or with a new option at the end of a section. Comments, order and line ends stay.</summary>
    public ZeekIni With(string section, string key, string value)
    {
        List<string> lines = [.. _lines];
        if (Find(section, key) is ZeekIniOption option)
        {
            string first = lines[option.Line - 1];
            int delimiter = Delimiter(first);
            string spaces = new([.. first[(delimiter + 1)..].TakeWhile(c => c is ' ' or '\t')]);
            lines[option.Line - 1] = first[..(delimiter + 1)] + spaces + value + LineEnd(first);
            lines.RemoveRange(option.Line, option.LastLine - option.Line);
        }
        else
        {
            int after = Of(section).Select(other => other.LastLine).Append(_sections.Find(item => item.Name == section).Line).Max();
            string end = lines.Count > 0 && LineEnd(lines[0]).Length > 0 ? LineEnd(lines[0]) : "\n";
            if (after > 0 && LineEnd(lines[after - 1]).Length == 0)
            {
                lines[after - 1] += end;
            }

            lines.Insert(after, $"{key}={value}{end}");
        }

        return new ZeekIni(string.Concat(lines), _format);
    }

    /// <summary>The file with another key for an option.</summary>
    public ZeekIni Renamed(ZeekIniOption option, string key)
    {
        List<string> lines = [.. _lines];
        string line = lines[option.Line - 1];
        string written = line[..Delimiter(line)];
        lines[option.Line - 1] = line.Replace(written.Trim(), key, StringComparison.Ordinal);
        return new ZeekIni(string.Concat(lines), _format);
    }

    // Lines with their ends, so that the text can be put together again as it was.
    private static IEnumerable<string> Split(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                yield return text[start..(i + 1)];
                start = i + 1;
            }
        }

        if (start < text.Length)
        {
            yield return text[start..];
        }
    }

    private static string LineEnd(string line) => line[line.TrimEnd('\r', '\n').Length..];

    private int Delimiter(string line) => _format == ZeekConfigFormat.NodeCfg ? line.IndexOfAny(Delimiters) : line.IndexOf('=', StringComparison.Ordinal);

    private void Read()
    {
        string? section = _format == ZeekConfigFormat.NodeCfg ? null : "";
        int indent = 0;
        for (int i = 0; i < _lines.Count; i++)
        {
            string line = _lines[i].TrimEnd();
            string bare = line.Trim();
            int depth = line.Length - line.TrimStart().Length;
            if (IsComment(line, bare))
            {
                continue;
            }

            if (bare.Length == 0)
            {
                continue;
            }

            if (depth > 0 && IsFurther(depth, indent))
            {
                AddFurther(section, bare, i + 1);
            }
            else if (bare[0] == '[' && bare.LastIndexOf(']') is int close && close > 1 && (_format == ZeekConfigFormat.NodeCfg || close == bare.Length - 1))
            {
                section = bare[1..close];
                indent = depth;
                AddSection(section, i + 1);
            }
            else
            {
                indent = depth;
                AddOption(section, line, bare, i + 1);
            }
        }
    }

    private bool IsComment(string line, string bare) => _format == ZeekConfigFormat.NodeCfg ? bare is ['#' or ';', ..] : line is ['#', ..];

    private bool IsFurther(int depth, int indent) => _format == ZeekConfigFormat.ZeekConf || (depth > indent && _options.Count > 0 && _sections.Count > 0 && _options[^1].Line > _sections[^1].Line);

    private void AddSection(string section, int line)
    {
        if (_sections.Exists(other => other.Name == section))
        {
            _problems.Add(new(line, $"section '{section}' stands there twice"));
        }

        _sections.Add((section, line));
    }

    private void AddFurther(string? section, string bare, int line)
    {
        if (_options.Count == 0 || _options[^1].Section != section || (_sections.Count > 0 && _options[^1].Line < _sections[^1].Line))
        {
            _problems.Add(new(line, "a further line of no option"));
            return;
        }

        ZeekIniOption last = _options[^1];
        _options[^1] = last with { Values = [.. last.Values, bare], LastLine = line };
    }

    private void AddOption(string? section, string line, string bare, int number)
    {
        int delimiter = Delimiter(bare);
        if (section is null)
        {
            _problems.Add(new(number, "an option before the first section"));
        }
        else if (delimiter <= 0 || (_format == ZeekConfigFormat.ZeekConf && !(char.IsAsciiLetterLower(line[0]) || char.IsAsciiDigit(line[0]) || line[0] == '_')))
        {
            _problems.Add(new(number, $"'{bare}' is no option"));
        }
        else
        {
            string key = bare[..delimiter].Trim().ToLowerInvariant();
            if (_options.Exists(other => other.Section == section && other.Key == key))
            {
                _problems.Add(new(number, $"option '{key}' stands there twice"));
                return;
            }

            _options.Add(new(section, key, [bare[(delimiter + 1)..].Trim()], number, number));
        }
    }
}
