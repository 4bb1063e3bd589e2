using System.Text;

namespace ZeptAdmin.Shell;

/// <summary>The text of a line and the cursor in it.</summary>
internal sealed class LineBuffer
{
    private readonly StringBuilder _text = new();
    private string _cut = "";

    /// <summary>The text.</summary>
    public string Text => _text.ToString();

    /// <summary>Characters before the cursor.</summary>
    public int Cursor { get; private set; }

    /// <summary>Replaces the text; the cursor goes to its end.</summary>
    public void Set(string text)
    {
        _ = _text.Clear().Append(text);
        Cursor = text.Length;
    }

    /// <summary>Replaces a part of the text; the cursor goes behind it.</summary>
    public void Replace(int start, int length, string text)
    {
        _ = _text.Remove(start, length).Insert(start, text);
        Cursor = start + text.Length;
    }

    /// <summary>Changes the text or moves the cursor as a key says; false for a key that does neither.</summary>
    public bool Apply(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                Cursor = control ? WordStart() : Math.Max(Cursor - 1, 0);
                return true;
            case ConsoleKey.RightArrow:
                Cursor = control ? WordEnd() : Math.Min(Cursor + 1, _text.Length);
                return true;
            case ConsoleKey.Home or ConsoleKey.A when control || key.Key == ConsoleKey.Home:
                Cursor = 0;
                return true;
            case ConsoleKey.End or ConsoleKey.E when control || key.Key == ConsoleKey.End:
                Cursor = _text.Length;
                return true;
            case ConsoleKey.Backspace:
                Remove(control ? WordStart() : Math.Max(Cursor - 1, 0), Cursor);
                return true;
            case ConsoleKey.Delete or ConsoleKey.D when control || key.Key == ConsoleKey.Delete:
                Remove(Cursor, Math.Min(Cursor + 1, _text.Length));
                return true;
            case ConsoleKey.U when control:
                Cut(0, Cursor);
                return true;
            case ConsoleKey.K when control:
                Cut(Cursor, _text.Length);
                return true;
            case ConsoleKey.W when control:
                Cut(WordStart(), Cursor);
                return true;
            case ConsoleKey.Y when control:
                Replace(Cursor, 0, _cut);
                return true;
            default:
                if (char.IsControl(key.KeyChar) || key.Modifiers.HasFlag(ConsoleModifiers.Alt))
                {
                    return false;
                }

                Replace(Cursor, 0, key.KeyChar.ToString());
                return true;
        }
    }

    private void Remove(int start, int end)
    {
        _ = _text.Remove(start, end - start);
        Cursor = start;
    }

    private void Cut(int start, int end)
    {
        _cut = _text.ToString(start, end - start);
        Remove(start, end);
    }

    private int WordStart()
    {
        int i = Cursor;
        while (i > 0 && char.IsWhiteSpace(_text[i - 1]))
        {
            i--;
        }

        while (i > 0 && !char.IsWhiteSpace(_text[i - 1]))
        {
            i--;
        }

        return i;
    }

    private int WordEnd()
    {
        int i = Cursor;
        while (i < _text.Length && !char.IsWhiteSpace(_text[i]))
        {
            i++;
        }

        while (i < _text.Length && char.IsWhiteSpace(_text[i]))
        {
            i++;
        }

        return i;
    }
}
