using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-SuricataStatistic: what Suricata counted, and what was dropped at its sockets, from eve.json or stats.log.</summary>
[Cmdlet(VerbsCommon.Get, "SuricataStatistic", DefaultParameterSetName = "Row")]
[OutputType(typeof(SuricataStatistic), typeof(SuricataCounter), typeof(SuricataStatisticSummary))]
public sealed class GetSuricataStatisticCommand : LogCmdlet
{
    /// <summary>Threads, as W#01-ens1f0; Total is all together. Wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Thread { get; set; } = [];

    /// <summary>Gives these counters one by one instead, by their dotted names: <c>tcp.*memcap*</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Counter")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Counter { get; set; } = [];

    /// <summary>Only so many of the last rows.</summary>
    [Parameter(ParameterSetName = "Row")]
    [Parameter(ParameterSetName = "Counter")]
    [ValidateRange(0, int.MaxValue)]
    public int? Tail { get; set; }

    /// <summary>Stays, and gives what is written to the logs, across their rotation, until Ctrl+C.</summary>
    [Parameter(ParameterSetName = "Row")]
    [Parameter(ParameterSetName = "Counter")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Sums events up, by thread, by time, by both.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Summary")]
    public SuricataGrouping By { get; set; }

    /// <summary>Length of a span of time.</summary>
    [Parameter(ParameterSetName = "Summary")]
    [ValidateSpan]
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);

    private protected override string Name => "eve.json";

    private protected override string[] Usual(FileTree tree) => LogFiles.OfSuricata(tree);

    private protected override void ReadAll()
    {
        LogFile[] files = LogFiles.InOrder(Found);
        LogQuery query = Query(Thread, Tail, Wait);
        if (ParameterSetName == "Counter")
        {
            WildcardPattern[] patterns = [.. Counter.Select(counter => WildcardPattern.Get(counter, WildcardOptions.None))];
            using LogReader<SuricataCounter> counters = SuricataStatistics.OpenCounters(files, query, name => Array.Exists(patterns, pattern => pattern.IsMatch(name)));
            ForEachRow(counters);
            return;
        }

        using LogReader<SuricataStatistic> reader = SuricataStatistics.Open(files, query);
        if (ParameterSetName == "Row")
        {
            ForEachRow(reader);
            return;
        }

        SuricataStatisticSums sums = new(By, Every);
        ForEachRow(reader, sums.Add);
        WriteObject(sums.Finish(), enumerateCollection: true);
    }
}
