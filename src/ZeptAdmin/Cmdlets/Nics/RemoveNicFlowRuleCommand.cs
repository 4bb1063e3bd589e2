using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Remove-NicFlowRule: removes rules of the receive classifier, by their locations or as Get-NicFlowRule gives them.</summary>
[Cmdlet(VerbsCommon.Remove, "NicFlowRule", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NicFlowRule))]
public sealed class RemoveNicFlowRuleCommand : ChangeCmdlet
{
    /// <summary>Names of interfaces; wildcards are allowed.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>Places of the rules, as Get-NicFlowRule shows them.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public long[] Location { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachInterface(InterfaceName, (name, isWildcard) =>
    {
        if (Make(isWildcard, NicFlowRulePlanner.Remove(Machine, name, Location)) && PassThru)
        {
            Write(NicFlowRules.Get(Machine, name));
        }
    });
}
