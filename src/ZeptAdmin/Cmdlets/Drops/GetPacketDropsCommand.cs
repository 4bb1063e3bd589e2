using System.Management.Automation;
using ZeptAdmin.Drops;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-PacketDrops: where packets die between wire, card, softirq, socket and Zeek or Suricata, and the first layer that loses them.</summary>
[Cmdlet(VerbsCommon.Get, "PacketDrops", DefaultParameterSetName = "Absolute")]
[OutputType(typeof(PacketDrop))]
public sealed class GetPacketDropsCommand : InterfaceCmdlet
{
    private readonly List<string> _names = [];
    private readonly List<WildcardPattern> _patterns = [];

    /// <summary>Seconds between two readings, whose difference is told; a snapshot has its own time between its two instants.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Interval")]
    [ValidateRange(0.1, 86400)]
    public double Interval { get; set; }

    /// <summary>Goes on, with one difference after the other, until Ctrl+C.</summary>
    [Parameter(ParameterSetName = "Interval")]
    public SwitchParameter Watch { get; set; }

    /// <summary>Snapshot of the same machine, from which on drops are counted.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Since")]
    [ValidateNotNullOrEmpty]
    public string? Since { get; set; }

    /// <summary>Adds a row for each queue, CPU and worker that lost something.</summary>
    [Parameter]
    public SwitchParameter Detail { get; set; }

    /// <summary>Logs of Zeek: stats.log and capture_loss.log; left out, those at the usual places.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ZeekLog { get; set; } = [];

    /// <summary>Logs of Suricata: eve.json or stats.log; left out, those at the usual places.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] SuricataLog { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _patterns.AddRange(InterfaceName.Where(WildcardPattern.ContainsWildcardCharacters).Select(pattern => WildcardPattern.Get(pattern, WildcardOptions.None)));
        _names.AddRange(ExpandInterfaces(InterfaceName).Where(name => !_names.Contains(name)));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        switch (ParameterSetName)
        {
            case "Interval":
                Compare();
                break;
            case "Since":
                using (Sensor then = OpenSince())
                {
                    Tell(then.Time.UtcDateTime, Read(then, Names(then)), Read(Machine, Names(Machine)));
                }

                break;
            default:
                Tell(null, [], Read(Machine, _names));
                break;
        }
    }

    private void Compare()
    {
        if (!Machine.IsLive)
        {
            if (Machine.Later is Sensor later)
            {
                Tell(Machine.Time.UtcDateTime, Read(Machine, Names(Machine)), Read(later, Names(later)), later.Time.UtcDateTime);
            }
            else
            {
                WriteError(new Refusal(Errno.ENODATA, "compare two instants of the snapshot", Machine.Name).ToErrorRecord());
            }

            return;
        }

        DateTime then = Machine.Time.UtcDateTime;
        DropReading[] before = Read(Machine, Names(Machine));
        do
        {
            if (StopToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(Interval)))
            {
                return;
            }

            DateTime time = Machine.Time.UtcDateTime;
            DropReading[] now = Read(Machine, Names(Machine));
            Tell(then, before, now, time);
            (then, before) = (time, now);
        }
        while (Watch && _names.Count > 0);
    }

    // Interfaces come and go between two readings: those that a pattern means are looked for in each.
    private string[] Names(Sensor sensor) =>
        [.. _names.Where(sensor.HasInterface), .. sensor.InterfaceNames.Where(name => !_names.Contains(name) && _patterns.Exists(pattern => pattern.IsMatch(name)))];

    private DropReading[] Read(Sensor sensor, IReadOnlyCollection<string> names)
    {
        List<DropReading> readings = [];
        DropReadings machine = new(sensor);
        ForEachInterface([.. names], (name, _) =>
        {
            Answer<DropReading> answer = machine.Get(name);
            if (answer.Try(out DropReading? reading))
            {
                readings.Add(reading);
            }
            else
            {
                // One that goes away while it is read is missing in this reading, which its row tells.
                Report(answer.Refusal!, isWildcard: ParameterSetName != "Absolute");
            }
        });
        return [.. readings];
    }

    // What the readings say: each by itself where then is null, else against that of before, and that one of the two is missing.
    private void Tell(DateTime? then, DropReading[] before, DropReading[] now, DateTime? time = null)
    {
        DropLogs logs = DropLogs.Read(Machine, NamedLogs(ZeekLog), NamedLogs(SuricataLog), StopToken, before.Length > 0 ? before.Min(reading => reading.Time) : null);
        foreach (string warning in logs.Warnings)
        {
            WriteWarning(warning);
        }

        foreach (DropReading reading in now)
        {
            DropReading? first = Array.Find(before, other => other.InterfaceName == reading.InterfaceName);
            if (first is null && then is DateTime start)
            {
                WriteObject(PacketDrops.TellUnpaired(reading, start));
            }
            else
            {
                WriteObject(PacketDrops.Tell(first, reading, logs.Workers, logs.Gaps, Detail), enumerateCollection: true);
            }
        }

        foreach (DropReading reading in before.Where(reading => !Array.Exists(now, other => other.InterfaceName == reading.InterfaceName)))
        {
            WriteObject(PacketDrops.TellUnpaired(reading, time ?? Machine.Time.UtcDateTime));
        }
    }

    private Sensor OpenSince()
    {
        try
        {
            return Sensor.Open(GetUnresolvedProviderPathFromPSPath(Since!), StopToken);
        }
        catch (KernelFormatException e)
        {
            ThrowTerminatingError(e.ToErrorRecord());
            throw;
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }
}
