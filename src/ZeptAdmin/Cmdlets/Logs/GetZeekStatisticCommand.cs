using System.Management.Automation;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-ZeekStatistic: what Zeek's workers processed and what was dropped at their sockets.</summary>
[Cmdlet(VerbsCommon.Get, "ZeekStatistic", DefaultParameterSetName = "Row")]
[OutputType(typeof(ZeekStatistic), typeof(ZeekStatisticSummary))]
public sealed class GetZeekStatisticCommand : ZeekLogCmdlet
{
    private protected override string Name => "stats.log";

    private protected override string[] Usual(FileTree tree) => LogFiles.OfZeek(tree, "stats");

    private protected override void ReadAll()
    {
        using LogReader<ZeekStatistic> reader = ZeekStatistics.Open(LogFiles.InOrder(Found), Query());
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
