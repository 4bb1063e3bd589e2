using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs.Pipeline;

namespace ZeptAdmin.Cmdlets;

/// <summary>Test-LogPipeline: events that are written against events that syslog-ng ships, what waits, and since when.</summary>
[Cmdlet(VerbsDiagnostic.Test, "LogPipeline")]
[OutputType(typeof(LogPipelineRow))]
public sealed class TestLogPipelineCommand : SensorCmdlet
{
    /// <summary>Destinations by their names in the configuration; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Destination { get; set; } = ["*"];

    /// <summary>Seconds between the two looks.</summary>
    [Parameter]
    [ValidateRange(0.1, 3600)]
    public double Duration { get; set; } = 5;

    /// <summary>Control socket of syslog-ng; left out, where it usually is.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ControlSocket { get; set; }

    /// <summary>Persist file of syslog-ng; left out, syslog-ng.persist beside Debian's control socket.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string PersistFile { get; set; } = "/var/lib/syslog-ng/syslog-ng.persist";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!Machine.IsLive)
        {
            WriteError(new Refusal(Errno.ENODATA, "measure the log pipeline", Machine.Name) { Detail = "A snapshot has neither syslog-ng's counters nor its buffers." }.ToErrorRecord());
            return;
        }

        LogPipelineMeter meter = new(
            ControlSocket is null ? SyslogNgControl.UsualPath(Machine.Files) : GetUnresolvedProviderPathFromPSPath(ControlSocket),
            GetUnresolvedProviderPathFromPSPath(PersistFile));
        if (WaitForMeasurement(Duration, string.Join(", ", Destination)))
        {
            WildcardPattern[] patterns = [.. Destination.Select(name => WildcardPattern.Get(name, WildcardOptions.None))];
            Write(meter.Finish(name => Array.Exists(patterns, pattern => pattern.IsMatch(name))));
        }
    }
}
