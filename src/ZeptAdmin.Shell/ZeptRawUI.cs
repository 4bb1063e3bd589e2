using System.Management.Automation.Host;

namespace ZeptAdmin.Shell;

/// <summary>The screen: its width is what tables are laid out for. Cells cannot be read or moved.</summary>
internal sealed class ZeptRawUI : PSHostRawUserInterface
{
    /// <inheritdoc/>
    public override Size BufferSize
    {
        get => new(Terminal.Width, Terminal.Height);
        set => throw Refuse();
    }

    /// <inheritdoc/>
    public override Size WindowSize
    {
        get => BufferSize;
        set => throw Refuse();
    }

    /// <inheritdoc/>
    public override Size MaxWindowSize => BufferSize;

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => BufferSize;

    /// <inheritdoc/>
    public override Coordinates WindowPosition
    {
        get => new(0, 0);
        set => throw Refuse();
    }

    /// <inheritdoc/>
    public override Coordinates CursorPosition
    {
        get => new(0, 0);
        set => throw Refuse();
    }

    /// <inheritdoc/>
    public override int CursorSize
    {
        get => 25;
        set => throw Refuse();
    }

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor { get; set; } = (ConsoleColor)(-1);

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor { get; set; } = (ConsoleColor)(-1);

    /// <inheritdoc/>
    public override string WindowTitle { get; set; } = "zept";

    /// <inheritdoc/>
    public override bool KeyAvailable => Terminal.CanAsk && Console.KeyAvailable;

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (!Terminal.CanAsk)
        {
            throw new HostException("Nobody is here to press a key: the standard input is not a terminal.");
        }

        ConsoleKeyInfo key = Console.ReadKey((options & ReadKeyOptions.NoEcho) != 0);
        return new KeyInfo((int)key.Key, key.KeyChar, (ControlKeyStates)0, keyDown: true);
    }

    /// <inheritdoc/>
    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
        {
            _ = Console.ReadKey(intercept: true);
        }
    }

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Refuse();

    /// <inheritdoc/>
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw Refuse();

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Refuse();

    /// <inheritdoc/>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        // Clear-Host fills the whole screen with spaces.
        if (fill.Character == ' ' && Terminal.OutputHasColours)
        {
            Console.Out.Write("\e[2J\e[H");
        }
    }

    private static HostException Refuse() => new("zept does not move the cursor or the cells of the screen.");
}
