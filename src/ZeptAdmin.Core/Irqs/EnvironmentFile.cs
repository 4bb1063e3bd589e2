using System.Text;

namespace ZeptAdmin.Irqs;

/// <summary>Reads files of the form <c>NAME=value</c> that services take their environment from.</summary>
/// <remarks>EnvironmentFile= of systemd.exec.5: comments with # or ;, values in single or double quotes; the last of a name stays.</remarks>
internal static class EnvironmentFile
{
    /// <summary>Settings of a file; lines of another form are passed over.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.Trim();
            line = line.StartsWith("export ", StringComparison.Ordinal) ? line[7..].TrimStart() : line;
            int equals = line.IndexOf('=');
            if (equals > 0 && line[0] is not ('#' or ';'))
            {
                settings[line[..equals].TrimEnd().ToString()] = Unquote(line[(equals + 1)..].Trim());
            }
        }

        return settings;
    }

    /// <summary>Words of a value, as systemd splits an unquoted variable: at white space, quotes keep words together.</summary>
    public static string[] Words(string value)
    {
        List<string> words = [];
        StringBuilder word = new();
        char quote = '\0';
        bool isOpen = false;
        foreach (char character in value)
        {
            if (quote != '\0')
            {
                quote = character == quote ? '\0' : quote;
                _ = quote == '\0' ? word : word.Append(character);
            }
            else if (character is '"' or '\'')
            {
                (quote, isOpen) = (character, true);
            }
            else if (!char.IsWhiteSpace(character))
            {
                _ = word.Append(character);
                isOpen = true;
            }
            else if (isOpen)
            {
                words.Add(word.ToString());
                _ = word.Clear();
                isOpen = false;
            }
        }

        return isOpen ? [.. words, word.ToString()] : [.. words];
    }

    private static string Unquote(ReadOnlySpan<char> value) =>
        value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0] ? value[1..^1].ToString() : value.ToString();
}
