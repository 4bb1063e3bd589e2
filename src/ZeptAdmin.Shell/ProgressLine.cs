using System.Management.Automation;

namespace ZeptAdmin.Shell;

/// <summary>The latest progress record on one line of the terminal, which anything else that is written replaces.</summary>
internal sealed class ProgressLine
{
    private bool _isShown;

    /// <summary>Shows a record; one that is completed takes the line away.</summary>
    public void Show(ProgressRecord record)
    {
        Clear();
        if (record.RecordType == ProgressRecordType.Completed || !Terminal.ErrorsCanBeOverwritten)
        {
            return;
        }

        string percent = record.PercentComplete >= 0 ? $" {record.PercentComplete}%" : "";
        string line = $"{record.Activity}{percent}: {record.StatusDescription} {record.CurrentOperation}".TrimEnd().ReplaceLineEndings(" ");
        Console.Error.Write(line.Length < Terminal.Width ? line : line[..(Terminal.Width - 1)]);
        _isShown = true;
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_isShown)
        {
            Console.Error.Write("\r\e[K");
            _isShown = false;
        }
    }
}
