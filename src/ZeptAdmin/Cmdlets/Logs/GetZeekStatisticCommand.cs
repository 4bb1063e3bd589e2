using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-ZeekStatistic: what Zeek's workers processed and what was dropped at their sockets.</summary>
[Cmdlet(VerbsCommon.Get, "ZeekStatistic", DefaultParameterSetName = "Row")]
[OutputType(typeof(ZeekStatistic), typeof(ZeekStatisticSummary))]
public sealed class GetZeekStatisticCommand : LogCmdlet
{
    /// <summary>Workers, loggers, proxies, managers; wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Peer { get; set; } = [];

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

    private protected override string Name => "stats.log";

    private protected override string[] Usual(FileTree tree) => LogFiles.OfZeek(tree, "stats");

    private protected override void ReadAll()
    {
        using LogReader<ZeekStatistic> reader = ZeekStatistics.Open(LogFiles.InOrder(Found), Query(Peer, Tail, Wait));
        if (ParameterSetName == "Row")
        {
            ForEachRow(reader);
        }
        else
        {
            ZeekStatisticSums sums = new(By, Every);
            ForEachRow(reader, sums.Add);
            WriteObject(sums.Finish(), enumerateCollection: true);
        }
    }
}
