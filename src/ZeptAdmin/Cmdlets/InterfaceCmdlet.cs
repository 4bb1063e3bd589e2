using System.Management.Automation;
using ZeptAdmin.Binding;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that read something of interfaces: all of them, or those that are named.</summary>
public abstract class InterfaceCmdlet : SensorCmdlet
{
    /// <summary>Names of interfaces; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = ["*"];
}
