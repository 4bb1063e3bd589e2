using System.Buffers;
using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Irqs;

/// <summary>Edits the settings file of irqbalance: comments, order and settings that are not meant stay as they are.</summary>
/// <remarks>
/// The file is read by systemd (EnvironmentFile=, systemd.exec.5) and on older distributions by a shell. What the two might read differently,
/// or goes over several lines, is not edited but refused.
/// </remarks>
internal sealed class IrqBalanceFile
{
    private const string Mask = "IRQBALANCE_BANNED_CPUS";
    private const string List = "IRQBALANCE_BANNED_CPULIST";
    private const string Arguments = "IRQBALANCE_ARGS";
    private const string OldArguments = "OPTIONS";

    private static readonly SearchValues<char> ShellCharacters = SearchValues.Create("\"'\\$`;#&|<>()");

    private readonly string _path;
    private readonly List<string> _lines;

    private IrqBalanceFile(string path, List<string> lines)
    {
        _path = path;
        _lines = lines;
    }

    /// <summary>The file with other bans.</summary>
    /// <param name="path">Where it is, for the message.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="cpus">CPUs to leave alone; empty for irqbalance's default, null to leave the setting as it is.</param>
    /// <param name="irqs">Interrupts to leave alone, null to leave the setting as it is.</param>
    /// <param name="knowsList">False for an irqbalance before 1.8.0, which knows the mask only.</param>
    /// <exception cref="KernelFormatException">It is in a form that is not understood.</exception>
    public static string Edit(string path, string text, CpuList? cpus, int[]? irqs, bool knowsList)
    {
        List<string> lines = [.. text.Split('\n')];
        string? openEnd = lines[^1].Length > 0 ? lines[^1] : null;
        if (openEnd is null)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        IrqBalanceFile file = new(path, lines);
        file.Check();
        if (cpus is not null)
        {
            // irqbalance heeds the mask where both are set.
            file.Set(knowsList ? Mask : List, null);
            file.Set(knowsList ? List : Mask, cpus.IsEmpty ? null : knowsList ? cpus.ToString() : cpus.ToMask());
        }

        if (irqs is not null)
        {
            file.SetIrqs(irqs);
        }

        return lines.Count == 0 ? "" : string.Join('\n', lines) + (ReferenceEquals(lines[^1], openEnd) ? "" : "\n");
    }

    private void Check()
    {
        for (int i = 0; i < _lines.Count; i++)
        {
            string line = _lines[i].Trim(' ', '\t');
            if (line.Contains('\r', StringComparison.Ordinal) || line.EndsWith('\\'))
            {
                throw Problem(i, "a line that goes on in the next one, or does not end as lines do on Linux");
            }

            if (line.Length > 0 && line[0] is not ('#' or ';') && !IsAssignment(line))
            {
                throw Problem(i, "neither a comment nor NAME=value");
            }
        }
    }

    private static bool IsAssignment(string line)
    {
        line = line.StartsWith("export ", StringComparison.Ordinal) ? line[7..].TrimStart() : line;
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        string name = equals > 0 ? line[..equals] : "";
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            return false;
        }

        // A value in one pair of quotes, or without any.
        string value = line[(equals + 1)..];
        return value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0]
            ? value.AsSpan(1, value.Length - 2).IndexOf(value[0]) < 0
            : value.AsSpan().IndexOfAny('"', '\'') < 0;
    }

    private void SetIrqs(int[] irqs)
    {
        string name = Find(Arguments) < 0 && Find(OldArguments) >= 0 ? OldArguments : Arguments;
        int line = Find(name);
        string value = line < 0 ? "" : EnvironmentFile.Parse(_lines[line]).GetValueOrDefault(name) ?? "";
        if (value.AsSpan().ContainsAny(ShellCharacters))
        {
            throw Problem(line, $"options in {name} with quotes or variables among them");
        }

        string[] words = EnvironmentFile.Words(value);
        List<string> kept = [];
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] is "--banirq" or "-i")
            {
                i++;
            }
            else if (!words[i].StartsWith("--banirq=", StringComparison.Ordinal) && !words[i].StartsWith("-i", StringComparison.Ordinal))
            {
                kept.Add(words[i]);
            }
        }

        IrqBalanceOptions before = IrqBalanceOptions.Parse(words);
        IrqBalanceOptions after = IrqBalanceOptions.Parse([.. kept]);
        if (after.BannedIrqs.Length > 0 || !after.BannedModules.SequenceEqual(before.BannedModules) || after.PolicyScript != before.PolicyScript)
        {
            throw Problem(line, $"options in {name} that cannot be told apart");
        }

        kept.AddRange(irqs.Distinct().Order().Select(irq => string.Create(CultureInfo.InvariantCulture, $"--banirq={irq}")));
        if (!kept.SequenceEqual(words))
        {
            Set(name, kept.Count == 0 ? null : $"\"{string.Join(' ', kept)}\"");
        }
    }

    // The last of a name counts, so that one is changed; to be without the setting, all of them go.
    private void Set(string name, string? value)
    {
        int line = Find(name);
        if (value is null)
        {
            for (; line >= 0; line = Find(name))
            {
                _lines.RemoveAt(line);
            }
        }
        else if (line >= 0)
        {
            int equals = _lines[line].IndexOf('=', StringComparison.Ordinal);
            _lines[line] = _lines[line][..(equals + 1)] + value;
        }
        else
        {
            // Below the commented-out one that distributions ship, else at the end.
            int template = _lines.FindLastIndex(item => item.TrimStart('#', ' ').StartsWith(name + "=", StringComparison.Ordinal));
            _lines.Insert(template < 0 ? _lines.Count : template + 1, $"{name}={value}");
        }
    }

    private int Find(string name) => _lines.FindLastIndex(line =>
    {
        string text = line.Trim(' ', '\t');
        text = text.StartsWith("export ", StringComparison.Ordinal) ? text[7..].TrimStart() : text;
        return text.StartsWith(name + "=", StringComparison.Ordinal);
    });

    private KernelFormatException Problem(int line, string problem) => new(_path, $"{problem}; the file is not edited", line + 1);
}
