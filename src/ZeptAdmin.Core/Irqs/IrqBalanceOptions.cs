using System.Globalization;

namespace ZeptAdmin.Irqs;

/// <summary>Options of irqbalance that say what it leaves alone.</summary>
/// <remarks>The option table of irqbalance.c; names may be cut short as getopt_long allows.</remarks>
internal sealed class IrqBalanceOptions
{
    private static readonly (string Long, char Short, bool HasValue)[] Table =
    [
        ("oneshot", 'o', false), ("debug", 'd', false), ("foreground", 'f', false), ("journal", 'j', false), ("version", 'V', false),
        ("powerthresh", 'p', true), ("banirq", 'i', true), ("banmod", 'm', true), ("deepestcache", 'c', true), ("policyscript", 'l', true),
        ("pid", 's', true), ("interval", 't', true), ("migrateval", 'e', true), ("hintpolicy", 'h', true), ("banscript", 'b', true),
    ];

    private readonly List<int> _irqs = [];
    private readonly List<string> _modules = [];
    private readonly List<string> _notes = [];

    public int[] BannedIrqs => [.. _irqs];

    public string[] BannedModules => [.. _modules];

    public string? PolicyScript { get; private set; }

    public bool IsOneShot { get; private set; }

    public string[] Notes => [.. _notes];

    /// <summary>Reads the words of a command line, without the program's name.</summary>
    public static IrqBalanceOptions Parse(string[] words)
    {
        IrqBalanceOptions options = new();
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                int equals = word.IndexOf('=', StringComparison.Ordinal);
                string name = equals < 0 ? word[2..] : word[2..equals];
                (string Long, char Short, bool HasValue)[] known = Array.FindAll(Table, option => name.Length > 0 && option.Long.StartsWith(name, StringComparison.Ordinal));
                if (known.Length == 1 || Array.Exists(known, option => option.Long == name))
                {
                    (_, char letter, bool hasValue) = known.Length == 1 ? known[0] : Array.Find(known, option => option.Long == name);
                    string? value = equals >= 0 ? word[(equals + 1)..] : hasValue && i + 1 < words.Length ? words[++i] : null;
                    options.Set(letter, value);
                }
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                // Letters may stand together; the first that takes a value takes the rest of the word, or the next one.
                for (int letter = 1; letter < word.Length; letter++)
                {
                    if (Array.Exists(Table, option => option.Short == word[letter] && option.HasValue))
                    {
                        options.Set(word[letter], letter + 1 < word.Length ? word[(letter + 1)..] : i + 1 < words.Length ? words[++i] : null);
                        break;
                    }

                    options.Set(word[letter], null);
                }
            }
        }

        return options;
    }

    private void Set(char option, string? value)
    {
        switch (option)
        {
            case 'o':
                IsOneShot = true;
                break;
            case 'i' when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int irq):
                _irqs.Add(irq);
                break;
            case 'i':
                _notes.Add($"--banirq={value} names no interrupt.");
                break;
            case 'm' when value is { Length: > 0 }:
                _modules.Add(value);
                break;
            case 'l' when value is { Length: > 0 }:
                PolicyScript = value;
                break;
        }
    }
}
