using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-SoftnetStat: what the receive softirq of each CPU has done since boot, or between two readings.</summary>
[Cmdlet(VerbsCommon.Get, "SoftnetStat")]
[OutputType(typeof(SoftnetStat))]
public sealed class GetSoftnetStatCommand : SensorCmdlet
{
    /// <summary>Seconds between two readings, whose difference is told; a snapshot has its own time between its two instants.</summary>
    [Parameter]
    [ValidateRange(0.1, 86400)]
    public double? Interval { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Answer<SoftnetStat[]> before = SoftnetStats.Get(Machine);
        if (Interval is not double seconds || !before.Try(out SoftnetStat[]? first))
        {
            Write(before);
            return;
        }

        Sensor? later = Machine.IsLive ? Machine : Machine.Later;
        if (later is null)
        {
            WriteError(new Refusal(Errno.ENODATA, "compare two instants of the snapshot", Machine.Name).ToErrorRecord());
        }
        else if (!Machine.IsLive || !StopToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(seconds)))
        {
            Write(SoftnetStats.Get(later).Select(now => SoftnetStats.Difference(first, now)));
        }
    }
}
