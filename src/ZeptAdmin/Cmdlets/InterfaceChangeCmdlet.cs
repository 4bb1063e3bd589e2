using System.Management.Automation;
using ZeptAdmin.Binding;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that change something of interfaces, one after the other; the interfaces have to be named.</summary>
public abstract class InterfaceChangeCmdlet : ChangeCmdlet
{
    /// <summary>Names of interfaces; wildcards are allowed.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachInterface(InterfaceName, Change);

    /// <summary>Changes one interface.</summary>
    /// <param name="name">Kernel name of the interface.</param>
    /// <param name="isWildcard">True when a wildcard caught it: what it does not support is then a verbose line.</param>
    private protected abstract void Change(string name, bool isWildcard);

    /// <summary>A switch as the number that a driver's field takes; null leaves the field as it is.</summary>
    private protected static long? Field(bool? isOn) => isOn is bool given ? Convert.ToInt64(given) : null;
}
