using System.Management.Automation;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-ZeekCaptureLoss: what of the traffic Zeek's workers have not seen, and how much of that was lost at their sockets.</summary>
[Cmdlet(VerbsCommon.Get, "ZeekCaptureLoss", DefaultParameterSetName = "Row")]
[OutputType(typeof(ZeekCaptureLoss), typeof(ZeekCaptureLossSummary))]
public sealed class GetZeekCaptureLossCommand : ZeekLogCmdlet
{
    /// <summary>The stats.log that tells what was dropped at the sockets; the one beside each log when left out.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] StatisticPath { get; set; } = [];

    private protected override string Name => "capture_loss.log";

    private protected override string[] Usual(FileTree tree) => LogFiles.OfZeek(tree, "capture_loss");

    private protected override void ReadAll()
    {
        LogFile[] files = LogFiles.InOrder(Found);
        LogFile[] beside = StatisticPath.Length > 0 ? LogFiles.InOrder([.. Find(StatisticPath)]) : LogFiles.StatisticsBeside(files);
        using WorkerDropsWindow? drops = beside.Length == 0 ? null : new WorkerDropsWindow(ZeekStatistics.Open(beside, Query(Peer, null, Wait) with { After = null, Before = null }));
        using LogReader<ZeekCaptureLoss> reader = ZeekCaptureLosses.Open(files, Query(), drops);
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
