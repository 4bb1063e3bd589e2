using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Flows;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>
/// Measure-FlowSymmetry: looks at the headers of what an interface receives, and tells how many flows have their directions on different queues,
/// and whether packets arrive where the card's settings say.
/// </summary>
/// <remarks>A fanout group of its own, whose number the kernel chooses: capture programs lose nothing. Needs CAP_NET_RAW.</remarks>
[Cmdlet(VerbsDiagnostic.Measure, "FlowSymmetry")]
[OutputType(typeof(NicFlowSymmetry))]
public sealed class MeasureFlowSymmetryCommand : SensorCmdlet
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    /// <summary>Interfaces to look at, one after the other; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>How long to look at each, in seconds.</summary>
    [Parameter]
    [ValidateRange(0.1, 86400.0)]
    public double Seconds { get; set; } = 10;

    /// <summary>Ends earlier when so many packets were looked at.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MostPackets { get; set; } = long.MaxValue;

    /// <summary>Asks the card for frames that are addressed to others, while it is measured.</summary>
    [Parameter]
    public SwitchParameter Promiscuous { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Snapshot is not null)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("A snapshot has no packets. Run this on the sensor; Test-RssSymmetry proves symmetry of a snapshot's settings."),
                "SnapshotHasNoPackets",
                ErrorCategory.InvalidArgument,
                Snapshot));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachInterface(InterfaceName, Measure);

    private void Measure(string name, bool isWildcard)
    {
        Answer<FlowSymmetryMeter> opened = FlowSymmetryMeter.Open(Machine, name, Promiscuous);
        if (opened.Refusal is Refusal refusal)
        {
            Report(refusal, isWildcard);
            return;
        }

        using FlowSymmetryMeter meter = opened.Value;
        ProgressRecord progress = new(0, "Measure-FlowSymmetry", name);
        TimeSpan most = TimeSpan.FromSeconds(Seconds);
        for (TimeSpan left = most; left > TimeSpan.Zero && meter.Packets < MostPackets; left = most - meter.Elapsed)
        {
            if (StopToken.IsCancellationRequested)
            {
                return;
            }

            meter.Look(left < Step ? left : Step, MostPackets);
            progress.PercentComplete = (int)Math.Min(100, 100 * meter.Elapsed / most);
            progress.StatusDescription = $"{name}: {meter.Packets} packets";
            WriteProgress(progress);
        }

        progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(progress);
        WriteObject(meter.Finish());
    }
}
