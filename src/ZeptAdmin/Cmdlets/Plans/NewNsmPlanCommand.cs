using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;

namespace ZeptAdmin.Cmdlets;

/// <summary>New-NsmPlan: decides which CPU does what on a sensor and how its cards are set, with a reason for each setting. Changes nothing.</summary>
[Cmdlet(VerbsCommon.New, "NsmPlan")]
[OutputType(typeof(NsmPlan))]
public sealed class NewNsmPlanCommand : SensorCmdlet
{
    private readonly List<string> _names = [];

    /// <summary>Capture ports; wildcards are allowed. Left out, the ports on which something captures, else all but the management port.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>How packets come from queues to workers.</summary>
    [Parameter]
    public PlanStrategy Strategy { get; set; }

    /// <summary>By which fields cards hash: addresses (FragmentSafe), or ports, too (PortAware).</summary>
    [Parameter]
    public PlanHashFields HashFields { get; set; }

    /// <summary>Cores of each node that are kept for the system.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int HousekeepingCores { get; set; } = 1;

    /// <summary>Workers for which one core takes the interrupts.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int WorkersPerIrqCore { get; set; } = 4;

    /// <summary>Most workers of each port; left out, as many as there is room for.</summary>
    [Parameter]
    [ValidateRange(1, 4096)]
    public int? Workers { get; set; }

    /// <summary>Puts a worker on each thread of a core.</summary>
    [Parameter]
    public SwitchParameter UseSiblings { get; set; }

    /// <summary>Gbit/s that each port is to carry; left out, its speed.</summary>
    [Parameter]
    [ValidateRange(0.001, 1600.0)]
    public double? ExpectedGbps { get; set; }

    /// <summary>Mean size of a frame in bytes.</summary>
    [Parameter]
    [ValidateRange(64, 16384)]
    public int MeanFrameBytes { get; set; } = 900;

    /// <summary>Destination ports of UDP that the cards drop.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int[] DropUdpPort { get; set; } = [];

    /// <summary>Name of the plan, by which its changes are taken back.</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    public string PlanName { get; set; } = "capture";

    /// <inheritdoc/>
    protected override void ProcessRecord() => _names.AddRange(ExpandInterfaces(InterfaceName));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_names.Count == 0 && InterfaceName.Length > 0)
        {
            return;
        }

        PlanWish wish = new()
        {
            Name = PlanName,
            Strategy = Strategy,
            HashFields = HashFields,
            HousekeepingCores = HousekeepingCores,
            WorkersPerIrqCore = WorkersPerIrqCore,
            Workers = Workers,
            UsesSiblings = UseSiblings,
            ExpectedGbps = ExpectedGbps,
            MeanFrameBytes = MeanFrameBytes,
            DropUdpPorts = DropUdpPort,
        };
        try
        {
            Write(PlanFacts.Plan(Machine, _names.Count > 0 ? [.. _names.Distinct()] : CaptureInterfaces.Find(Machine), wish));
        }
        catch (KernelFormatException e)
        {
            WriteError(e.ToErrorRecord());
        }
    }
}
