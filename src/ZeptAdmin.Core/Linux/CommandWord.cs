namespace ZeptAdmin.Linux;

/// <summary>Names that somebody else chose, as words of a command line: the kernel allows '$', ';' and quotes in them, and drivers have flags of several words.</summary>
public static class CommandWord
{
    /// <summary>The name as it stands, or in quotes where PowerShell would take it for something else than one word.</summary>
    public static string Quote(string name) =>
        name.Length > 0 && (char.IsAsciiLetterOrDigit(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+' or ':' or '/')
            ? name
            : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
