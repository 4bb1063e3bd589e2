using ZeptAdmin.Audit;
using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;
using ZeptAdmin.Nics;
using ZeptAdmin.Plans;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Reports;

/// <summary>A page on one sensor or on a fleet, gathered record by record.</summary>
public sealed class NsmReport
{
    private readonly List<SensorFindings> _sensors = [];

    /// <summary>True when nothing was added.</summary>
    public bool IsEmpty => _sensors.Count == 0;

    /// <summary>Types of records that have a place in the page.</summary>
    public static IReadOnlyList<Type> RecordTypes { get; } = [typeof(CheckResult), typeof(PacketDrop), typeof(NsmTopology), typeof(Nic), typeof(IrqAffinity), typeof(AfPacketSocket), typeof(NsmPlan), typeof(PlanDrift)];

    /// <summary>Adds a record of a sensor, null for one that does not name its own; false for one that has no place in the page.</summary>
    public bool Add(string? sensor, object record)
    {
        switch (record)
        {
            case CheckResult check:
                Find(sensor).Checks.Add(check);
                return true;
            case PacketDrop drop:
                Find(sensor).Drops.Add(drop);
                return true;
            case NsmTopology topology:
                Find(sensor).Topology = topology;
                return true;
            case Nic nic:
                Find(sensor).Nics.Add(nic);
                return true;
            case IrqAffinity irq:
                Find(sensor).Irqs.Add(irq);
                return true;
            case AfPacketSocket socket:
                Find(sensor).Sockets.Add(socket);
                return true;
            case NsmPlan plan:
                Find(sensor).Plan = plan;
                return true;
            case PlanDrift drift:
                Find(sensor).Drifts.Add(drift);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Adds what went wrong in asking a sensor, so that it stands in the page too.</summary>
    public void AddProblem(string? sensor, string problem) => Find(sensor).Problems.Add(problem);

    /// <summary>Adds all that a machine tells: audit, losses, topology, cards and interrupts, and how it differs from a plan.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="plan">Plan to hold it against; null for none.</param>
    /// <param name="interfaceNames">Its capture ports; null to find them.</param>
    /// <param name="starting">Told of each step.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void AddMachine(Sensor machine, NsmPlan? plan, string[]? interfaceNames, Action<string>? starting, CancellationToken stop)
    {
        AuditSubject subject = new(machine, interfaceNames);
        SensorFindings findings = Find(machine.Name);
        findings.Checks.AddRange(NsmAudit.Run(subject, Checks.All, (check, _) => starting?.Invoke(check.Id), stop).Where(result => result.Severity != CheckSeverity.NotApplicable));
        starting?.Invoke("Counting losses");
        DropLogs logs = DropLogs.Read(machine, [], [], stop);
        stop.ThrowIfCancellationRequested();
        findings.Problems.AddRange(logs.Warnings);
        DropReadings readings = new(machine);
        foreach (string name in subject.InterfaceNames)
        {
            Answer<DropReading> reading = readings.Get(name);
            if (reading.Try(out DropReading? now))
            {
                findings.Drops.AddRange(PacketDrops.Tell(null, now, logs.Workers, logs.Gaps, detail: false));
            }
            else
            {
                findings.Problems.Add(reading.Refusal!.Reason);
            }
        }

        if (plan is not null)
        {
            starting?.Invoke("Comparing with the plan");
            findings.Plan = plan;
            findings.Drifts.AddRange(PlanComparison.Compare(machine, plan));
        }

        starting?.Invoke("Drawing");
        NsmTopology topology = NsmTopologies.Get(machine);
        findings.Topology = topology;
        findings.Nics.AddRange(TopologyPictures.NicsOf(machine, topology));
        findings.Irqs.AddRange(TopologyPictures.IrqsOf(machine, topology));
        findings.Sockets.AddRange(TopologyPictures.SocketsOf(machine));
    }

    /// <summary>Writes the page.</summary>
    /// <param name="path">Where.</param>
    /// <param name="title">Its title; null for one of its own.</param>
    /// <param name="nameOfOthers">Name of the sensor whose records name none; null to take that of their topology.</param>
    /// <param name="time">When it is written.</param>
    /// <param name="replace">True to replace a file that is there.</param>
    /// <exception cref="KernelException">EEXIST when there is a file and it is not to be replaced; else why it cannot be written.</exception>
    public void Save(string path, string? title, string? nameOfOthers, DateTimeOffset time, bool replace)
    {
        foreach (SensorFindings sensor in _sensors)
        {
            sensor.GivenName = nameOfOthers;
        }

        ReportFiles.Write(path, "write the report", replace, () => ReportPage.Write(_sensors, title, time));
    }

    private SensorFindings Find(string? sensor)
    {
        SensorFindings? known = _sensors.Find(other => other.Key == sensor);
        if (known is null)
        {
            _sensors.Add(known = new SensorFindings(sensor));
        }

        return known;
    }
}
