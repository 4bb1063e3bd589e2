using System.Management.Automation;
using System.Management.Automation.Host;

namespace ZeptAdmin.Shell;

/// <summary>Results to one stream, everything else to the standard error; colours only where a terminal shows them.</summary>
/// <param name="output">Where results go.</param>
internal sealed partial class ZeptHostUI(TextWriter output) : PSHostUserInterface
{
    private readonly Lock _writing = new();
    private readonly ProgressLine _progress = new();

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; } = new ZeptRawUI();

    /// <summary>What the engine formats now is the error that ended the run.</summary>
    public bool ResultsAreErrors { get; set; }

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => Terminal.OutputHasColours;

    /// <inheritdoc/>
    public override void Write(string value) => Put(output, value);

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Put(output, Coloured(foregroundColor, value));

    /// <inheritdoc/>
    public override void WriteLine(string value)
    {
        if (ResultsAreErrors)
        {
            WriteErrorLine(value);
        }
        else
        {
            Put(output, value + "\n");
        }
    }

    /// <inheritdoc/>
    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Put(output, Coloured(foregroundColor, value) + "\n");

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => PutStyled(FormatStyle.Error, value);

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => PutStyled(FormatStyle.Warning, $"WARNING: {message}");

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => PutStyled(FormatStyle.Verbose, $"VERBOSE: {message}");

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => PutStyled(FormatStyle.Debug, $"DEBUG: {message}");

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_writing)
        {
            _progress.Show(record);
        }
    }

    /// <summary>Takes the progress line away; the run is over.</summary>
    public void EndProgress()
    {
        lock (_writing)
        {
            _progress.Clear();
        }
    }

    private static string Coloured(ConsoleColor colour, string value) =>
        Enum.IsDefined(colour) ? PSStyle.Instance.Foreground.FromConsoleColor(colour) + value + PSStyle.Instance.Reset : value;

    private void PutStyled(FormatStyle style, string line) =>
        Put(Console.Error, GetFormatStyleString(style) + line + GetFormatStyleString(FormatStyle.Reset) + "\n");

    private void Put(TextWriter stream, string text)
    {
        bool hasColours = stream == Console.Out ? Terminal.OutputHasColours : Terminal.ErrorsHaveColours;
        lock (_writing)
        {
            _progress.Clear();
            stream.Write(GetOutputString(text, hasColours));
        }
    }
}
