using System.Management.Automation;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicFlowRule: rules of the receive classifier (ntuple, Flow Director): what they match and where the packets go.</summary>
[Cmdlet(VerbsCommon.Get, "NicFlowRule")]
[OutputType(typeof(NicFlowRule))]
public sealed class GetNicFlowRuleCommand : InterfaceCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteForEachInterface(InterfaceName, NicFlowRules.Get);
}
