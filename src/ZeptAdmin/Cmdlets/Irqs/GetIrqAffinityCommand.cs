using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-IrqAffinity: which interrupt serves which queue of an interface, and on which CPU.</summary>
[Cmdlet(VerbsCommon.Get, "IrqAffinity")]
[OutputType(typeof(IrqAffinity))]
public sealed class GetIrqAffinityCommand : SensorCmdlet
{
    private IrqAffinities? _affinities;

    /// <summary>Names of interfaces; wildcards are allowed. With neither this nor -Irq, all interfaces.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? InterfaceName { get; set; }

    /// <summary>Numbers of interrupts: of the interfaces named, or of any device where none is named.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    public int[]? Irq { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _affinities ??= new IrqAffinities(Machine);
        if (InterfaceName is null && Irq is not null)
        {
            foreach (int irq in Irq)
            {
                Write(_affinities.Get(irq));
            }

            return;
        }

        WriteForEachInterface(InterfaceName ?? ["*"], (_, name) => Chosen(_affinities.Get(name)));
    }

    private Answer<IrqAffinity[]> Chosen(Answer<IrqAffinity[]> answer) =>
        Irq is null ? answer : answer.Select(records => Array.FindAll(records, record => Irq.Contains(record.Irq)));
}
