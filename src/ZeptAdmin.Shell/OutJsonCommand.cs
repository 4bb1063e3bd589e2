using System.Management.Automation;

namespace ZeptAdmin.Shell;

/// <summary>The end of a pipeline under <c>-OutputFormat Json</c>: results into the array, errors as Out-Default shows them.</summary>
[Cmdlet("Out", "ZeptJson")]
public sealed class OutJsonCommand : PSCmdlet
{
    internal const string Name = "Out-ZeptJson";

    /// <summary>The array that results go into.</summary>
    [Parameter(Mandatory = true)]
    public object? Array { get; set; }

    /// <summary>A result or an error.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is ErrorRecord)
        {
            _ = InvokeCommand.InvokeScript("$args[0] | Out-Default", InputObject);
        }
        else
        {
            ((JsonArray)PSObject.AsPSObject(Array!).BaseObject).Add(InputObject);
        }
    }
}
