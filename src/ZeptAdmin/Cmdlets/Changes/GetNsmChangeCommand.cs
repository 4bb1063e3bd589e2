using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Changes;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NsmChange: what the module changed on this machine, and where each change stands.</summary>
[Cmdlet(VerbsCommon.Get, "NsmChange")]
[OutputType(typeof(NsmChange))]
public sealed class GetNsmChangeCommand : SensorCmdlet
{
    /// <summary>Numbers of changes; all when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ChangeCompleter))]
    public long[] Id { get; set; } = [];

    /// <summary>Names of runs, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ChangeCompleter))]
    public string Run { get; set; } = "*";

    /// <summary>States to show; all when left out.</summary>
    [Parameter]
    public ChangeState[] State { get; set; } = Enum.GetValues<ChangeState>();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        WildcardPattern run = WildcardPattern.Get(Run, WildcardOptions.IgnoreCase);
        try
        {
            NsmChange[] changes = ChangeHistory.Changes(Machine, KnownSettings.All);
            WriteObject(changes.Where(change => (Id.Length == 0 || Id.Contains(change.Id)) && run.IsMatch(change.Run) && State.Contains(change.State)), enumerateCollection: true);
        }
        catch (KernelException e)
        {
            WriteError(e.ToErrorRecord());
        }
    }
}
