using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that read a log of Zeek with a row for each process and span of time.</summary>
public abstract class ZeekLogCmdlet : LogCmdlet
{
    /// <summary>Workers, and other processes where they have rows; wildcards are allowed.</summary>
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

    /// <summary>What of the rows is asked for.</summary>
    private protected LogQuery Query() => Query(Peer, Tail, Wait);
}
