using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-ZeekCaptureLoss: what of the traffic Zeek's workers have not seen, and how much of that was lost at their sockets.</summary>
[Cmdlet(VerbsCommon.Get, "ZeekCaptureLoss", DefaultParameterSetName = "Row")]
[OutputType(typeof(ZeekCaptureLoss), typeof(ZeekCaptureLossSummary))]
public sealed class GetZeekCaptureLossCommand : LogCmdlet
{
    /// <summary>Workers; wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Peer { get; set; } = [];

    /// <summary>The stats.log that tells what was dropped at the sockets; the one beside each log when left out.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] StatisticPath { get; set; } = [];

    /// <summary>Only so many of the last rows.</summary>
    [Parameter(ParameterSetName = "Row")]
    [ValidateRange(0, int.MaxValue)]
    public int? Tail { get; set; }

    /// <summary>Stays, and gives what is written to the logs, across their rotation, until Ctrl+C.</summary>
    [Parameter(ParameterSetName = "Row")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Sums rows up, by peer, by time, by both.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Summary")]
    public ZeekGrouping By { get; set; }

    /// <summary>Length of a span of time.</summary>
    [Parameter(ParameterSetName = "Summary")]
    [ValidateSpan]
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);

    private protected override string Name => "capture_loss.log";

    private protected override string[] Usual(FileTree tree) => LogFiles.OfZeek(tree, "capture_loss");

    private protected override void ReadAll()
    {
        LogFile[] files = LogFiles.InOrder(Found);
        LogFile[] beside = StatisticPath.Length > 0 ? LogFiles.InOrder([.. Find(StatisticPath)]) : LogFiles.StatisticsBeside(files);
        using WorkerDropsWindow? drops = beside.Length == 0 ? null : new WorkerDropsWindow(ZeekStatistics.Open(beside, Query(Peer, null, Wait) with { After = null, Before = null }));
        using LogReader<ZeekCaptureLoss> reader = ZeekCaptureLosses.Open(files, Query(Peer, Tail, Wait), drops);
        if (ParameterSetName == "Row")
        {
            ForEachRow(reader);
        }
        else
        {
            ZeekCaptureLossSums sums = new(By, Every);
            ForEachRow(reader, sums.Add);
            WriteObject(sums.Finish(), enumerateCollection: true);
        }

        Warn(drops?.TakeWarnings() ?? []);
    }
}
