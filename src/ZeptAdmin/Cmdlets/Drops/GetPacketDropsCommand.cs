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
    protected override void ProcessRecord() => _names.AddRange(ExpandInterfaces(InterfaceName).Where(name => !_names.Contains(name)));

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
                    Tell(Read(then), Read(Machine));
                }

                break;
            default:
                Tell([], Read(Machine));
                break;
        }
    }

    private void Compare()
    {
        if (!Machine.IsLive)
        {
            if (Machine.Later is Sensor later)
            {
                Tell(Read(Machine), Read(later));
            }
            else
            {
                WriteError(new Refusal(Errno.ENODATA, "compare two instants of the snapshot", Machine.Name).ToErrorRecord());
            }

            return;
        }

        DropReading[] before = Read(Machine);
        do
        {
            if (StopToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(Interval)))
            {
                return;
            }

            DropReading[] now = Read(Machine);
            Tell(before, now);
            before = now;
        }
        while (Watch && _names.Count > 0);
    }

    private DropReading[] Read(Sensor sensor)
    {
        List<DropReading> readings = [];
        DropReadings machine = new(sensor);
        ForEachInterface([.. _names], (name, _) =>
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

    private void Tell(DropReading[] before, DropReading[] now)
    {
        DropLogs logs = DropLogs.Read(Machine, Files(ZeekLog), Files(SuricataLog), StopToken);
        foreach (string warning in logs.Warnings)
        {
            WriteWarning(warning);
        }

        foreach (DropReading reading in now)
        {
            DropReading? first = Array.Find(before, other => other.InterfaceName == reading.InterfaceName);
            if (ParameterSetName == "Absolute" || first is not null)
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
