using System.Management.Automation;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that write a picture or a page: a file that is whole or not there.</summary>
public abstract class ExportCmdlet : SensorCmdlet
{
    /// <summary>File to write.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Replaces a file that is there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits the file that was written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Writes the file, if the user lets it; a file that cannot be written ends the command.</summary>
    private protected void Export(string action, Action<string> write) => this.Export(Path, action, PassThru, write);
}
