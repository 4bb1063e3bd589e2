using System.Management.Automation;
using ZeptAdmin.Drops;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-AfPacketFanout: whether fanout groups have as many members as queues, one program each, a mode that keeps flows whole, and sane pins.</summary>
[Cmdlet(VerbsDiagnostic.Test, "AfPacketFanout", DefaultParameterSetName = "Instant")]
[OutputType(typeof(AfPacketFanout))]
public sealed class TestAfPacketFanoutCommand : InterfaceCmdlet
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Seconds for which groups by queue mapping are watched, to measure which member gets the packets of each queue.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Interval")]
    [ValidateRange(0.1, 86400)]
    public double Interval { get; set; }

    /// <summary>stats.log of Zeek, whose figures help where the members' rings do not decide; left out, those at the usual places.</summary>
    [Parameter(ParameterSetName = "Interval")]
    [ValidateNotNullOrEmpty]
    public string[] ZeekLog { get; set; } = [];

    /// <summary>eve.json or stats.log of Suricata, with its threads, likewise.</summary>
    [Parameter(ParameterSetName = "Interval")]
    [ValidateNotNullOrEmpty]
    public string[] SuricataLog { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Answer<AfPacketFanout[]> answer = AfPacketFanouts.Test(Machine);
        if (!answer.Try(out AfPacketFanout[]? groups))
        {
            WriteError(answer.Refusal!.ToErrorRecord());
            return;
        }

        // A socket may be bound to an interface that has gone since.
        HashSet<string>? wanted = InterfaceName is ["*"] ? null : [.. ExpandInterfaces(InterfaceName)];
        groups = Array.FindAll(groups, group => group.InterfaceName is null || wanted?.Contains(group.InterfaceName) != false);
        WriteObject(Interval > 0 ? Measure(groups) : groups, enumerateCollection: true);
    }

    private AfPacketFanout[] Measure(AfPacketFanout[] groups)
    {
        TimeSpan interval = TimeSpan.FromSeconds(Interval);
        AfPacketFanoutMeter?[] meters = Array.ConvertAll(groups, group => Open(group, interval));
        try
        {
            DateTime end = DateTime.UtcNow + interval;
            while (Array.Exists(meters, meter => meter is not null) && DateTime.UtcNow < end)
            {
                if (StopToken.WaitHandle.WaitOne(Step))
                {
                    throw new PipelineStoppedException();
                }

                Array.ForEach(meters, meter => meter?.Look());
            }

            return [.. groups.Select((group, i) => meters[i]?.Tell(ReadLogs) ?? group)];
        }
        finally
        {
            Array.ForEach(meters, meter => meter?.Dispose());
        }
    }

    private WorkerDrops[] ReadLogs(DateTime since, DateTime until)
    {
        DropLogs logs = DropLogs.Within(Machine, NamedLogs(ZeekLog), NamedLogs(SuricataLog), since, until, StopToken);
        Array.ForEach(logs.Warnings, WriteWarning);
        return logs.Workers;
    }

    // A group that has no queues of its own to measure is told without.
    private AfPacketFanoutMeter? Open(AfPacketFanout group, TimeSpan interval)
    {
        Answer<AfPacketFanoutMeter> opened = AfPacketFanoutMeter.Open(Machine, group, interval);
        if (opened.Refusal is Refusal refusal)
        {
            Report(refusal, isWildcard: true);
        }

        return opened.Try(out AfPacketFanoutMeter? meter) ? meter : null;
    }
}
