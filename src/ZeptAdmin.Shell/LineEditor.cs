namespace ZeptAdmin.Shell;

/// <summary>Reads a line from the terminal: editing, history, completion.</summary>
/// <param name="history">Lines for the arrow keys.</param>
/// <param name="complete">Candidates for the text and the cursor: the part that they replace, and the words.</param>
internal sealed class LineEditor(LineHistory history, Func<string, int, Completion> complete)
{
    private string _prompt = "";
    private LineBuffer _buffer = new();
    private int _cursorRow;

    /// <summary>The line entered; null at Ctrl+D on an empty line; empty at Ctrl+C.</summary>
    public string? Read(string prompt)
    {
        // Ctrl+C at the prompt drops the line; it stops a pipeline only while one runs.
        Console.TreatControlCAsInput = true;
        try
        {
            return ReadKeys(prompt);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private string? ReadKeys(string prompt)
    {
        _prompt = prompt;
        _buffer = new LineBuffer();
        _cursorRow = 0;
        int recalled = history.Lines.Count;
        string draft = "";
        Draw();
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Leave("");
                    return _buffer.Text;
                case ConsoleKey.C when control:
                    Leave("^C");
                    return "";
                case ConsoleKey.D when control && _buffer.Text.Length == 0:
                    Leave("");
                    return null;
                case ConsoleKey.L when control:
                    Console.Out.Write("\e[2J\e[H");
                    _cursorRow = 0;
                    break;
                case ConsoleKey.Tab:
                    Complete();
                    break;
                case ConsoleKey.UpArrow or ConsoleKey.P when (control || key.Key == ConsoleKey.UpArrow) && recalled > 0:
                    draft = recalled == history.Lines.Count ? _buffer.Text : draft;
                    _buffer.Set(history.Lines[--recalled]);
                    break;
                case ConsoleKey.DownArrow or ConsoleKey.N when (control || key.Key == ConsoleKey.DownArrow) && recalled < history.Lines.Count:
                    recalled++;
                    _buffer.Set(recalled == history.Lines.Count ? draft : history.Lines[recalled]);
                    break;
                default:
                    if (!_buffer.Apply(key))
                    {
                        continue;
                    }

                    break;
            }

            // What was pasted is drawn once.
            if (!Console.KeyAvailable)
            {
                Draw();
            }
        }
    }

    private void Complete()
    {
        Completion found = complete(_buffer.Text, _buffer.Cursor);
        if (found.Words.Length == 0)
        {
            return;
        }

        string common = found.Words.Aggregate(CommonStart);
        string present = _buffer.Text.Substring(found.Start, found.Length);
        if (found.Words.Length == 1 || common.Length > present.Length)
        {
            _buffer.Replace(found.Start, found.Length, common);
            return;
        }

        Leave("");
        Console.Out.Write(Columns(found.Labels));
        _cursorRow = 0;
    }

    private static string CommonStart(string a, string b)
    {
        int i = 0;
        while (i < a.Length && i < b.Length && char.ToUpperInvariant(a[i]) == char.ToUpperInvariant(b[i]))
        {
            i++;
        }

        return a[..i];
    }

    private static string Columns(string[] labels)
    {
        int width = labels.Max(label => label.Length) + 2;
        int perRow = Math.Max(Terminal.Width / width, 1);
        return string.Concat(labels.Chunk(perRow).Select(row => string.Concat(row.Select(label => label.PadRight(width))).TrimEnd() + "\n"));
    }

    /// <summary>Goes behind the text, to a new line.</summary>
    private void Leave(string mark)
    {
        Draw(cursor: _buffer.Text.Length);
        Console.Out.Write(mark + "\n");
        _cursorRow = 0;
    }

    private void Draw(int? cursor = null)
    {
        int width = Terminal.Width;
        string whole = _prompt + _buffer.Text;
        int target = _prompt.Length + (cursor ?? _buffer.Cursor);
        string up = _cursorRow > 0 ? $"\e[{_cursorRow}A" : "";

        // A line that ends at the margin leaves the cursor pending there; a space and a return settle it.
        string settle = whole.Length > 0 && whole.Length % width == 0 ? " \r" : "";
        int lastRow = whole.Length / width;
        int row = target / width;
        string back = lastRow > row ? $"\e[{lastRow - row}A" : "";
        string right = target % width > 0 ? $"\e[{target % width}C" : "";
        Console.Out.Write($"{up}\r\e[J{whole}{settle}{back}\r{right}");
        _cursorRow = row;
    }
}

/// <summary>What could stand at the cursor.</summary>
/// <param name="Start">Where the part that is replaced begins.</param>
/// <param name="Length">Its length.</param>
/// <param name="Words">What may replace it.</param>
/// <param name="Labels">How the words are shown.</param>
internal sealed record Completion(int Start, int Length, string[] Words, string[] Labels);
