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
                    CompareWith(then);
                }

                break;
            default:
                Tell([], Read(Machine, _names));
                break;
        }
    }

    private void Compare()
    {
        if (!Machine.IsLive)
        {
            if (Machine.Later is Sensor later)
            {
                Tell(Read(Machine, _names), Read(later, _names));
            }
            else
            {
                WriteError(new Refusal(Errno.ENODATA, "compare two instants of the snapshot", Machine.Name).ToErrorRecord());
            }

            return;
        }

        DropReading[] before = Read(Machine, _names);
        do
        {
            if (StopToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(Interval)))
            {
                return;
            }

            DropReading[] now = Read(Machine, _names);
            Tell(before, now);
            before = now;
        }
        while (Watch && _names.Count > 0);
    }

    private void CompareWith(Sensor then)
    {
        // Those that went away meanwhile are not among the machine's names any more.
        IEnumerable<string> gone = then.InterfaceNames.Where(name => !_names.Contains(name) && _patterns.Exists(pattern => pattern.IsMatch(name)));
        DropReading[] before = Read(then, [.. _names.Where(then.HasInterface), .. gone]);
        Tell(before, Read(Machine, _names), then.Time.UtcDateTime);
        foreach (DropReading reading in before.Where(reading => !_names.Contains(reading.InterfaceName)))
        {
            WriteObject(PacketDrops.TellUnpaired(reading, Machine.Time.UtcDateTime));
        }
    }

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
                WriteError(answer.Refusal!.ToErrorRecord());
            }
        });
        return [.. readings];
    }

    private void Tell(DropReading[] before, DropReading[] now, DateTime? since = null)
    {
        DropLogs logs = DropLogs.Read(Machine, Files(ZeekLog), Files(SuricataLog), StopToken, before.Length > 0 ? before.Min(reading => reading.Time) : null);
        foreach (string warning in logs.Warnings)
        {
            WriteWarning(warning);
        }

        foreach (DropReading reading in now)
        {
            DropReading? first = Array.Find(before, other => other.InterfaceName == reading.InterfaceName);
            if (first is null && since is DateTime time)
            {
                WriteObject(PacketDrops.TellUnpaired(reading, time));
            }
            else if (ParameterSetName == "Absolute" || first is not null)
            {
                WriteObject(PacketDrops.Tell(first, reading, logs.Workers, logs.Gaps, Detail), enumerateCollection: true);
            }
        }
    }

    private LogFile[] Files(string[] paths) => Array.ConvertAll(paths, path => new LogFile(GetUnresolvedProviderPathFromPSPath(path)));

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
