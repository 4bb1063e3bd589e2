using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Cpus;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Measure-CpuEfficiency: what CPUs make of their time: instructions a cycle, misses, frequency, idle states, softirqs, and the cost of a packet.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "CpuEfficiency")]
[OutputType(typeof(CpuEfficiency))]
public sealed class MeasureCpuEfficiencyCommand : SensorCmdlet
{
    /// <summary>CPUs, as Linux writes them (<c>0-3,8</c>); left out, all that are online.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public CpuList[]? Cpu { get; set; }

    /// <summary>Seconds to watch; a snapshot has its own time between its two instants.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(0.1, 86400)]
    public double Duration { get; set; } = 10;

    /// <summary>Interface whose packets are counted, for the cost of each.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? InterfaceName { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        CpuList online = CpuMeter.Online(Machine);
        CpuList cpus = CpuPicking.All(Cpu) ?? online;
        Refusal? refusal = CpuFolders.Missing(cpus, online, "online CPU")
            ?? (InterfaceName is null || Machine.HasInterface(InterfaceName) ? null : new Refusal(Errno.ENODEV, "count the packets", InterfaceName));
        if (refusal is not null)
        {
            WriteError(refusal.ToErrorRecord());
            return;
        }

        using CpuMeter meter = new(Machine, cpus, InterfaceName);
        if (Machine.IsLive && !WaitForMeasurement(Duration, $"CPU {cpus}"))
        {
            return;
        }

        Write(meter.Finish());
    }
}
