using System.Globalization;
using ZeptAdmin.Audit;
using ZeptAdmin.Drivers;
using ZeptAdmin.Drops;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;
using ZeptAdmin.Logs;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Reports;

/// <summary>Figures of a sensor as metrics, for the textfile collector of node_exporter.</summary>
/// <remarks>
/// Counters are the kernel's and the drivers' own, since they began: Prometheus takes the differences. Names and labels are the module's contract;
/// about_NsmMetric lists them.
/// </remarks>
public static class NsmMetrics
{
    private const string FirstLine = "# HELP zeptadmin_";

    /// <summary>Writes the metrics into a file; one that this wrote before is replaced.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="interfaceNames">Interfaces to tell of; null for all, of which the audit takes those that it finds to be capture ports.</param>
    /// <param name="withAudit">True to count the results of the audit, too.</param>
    /// <param name="path">Where to write.</param>
    /// <param name="replace">True to replace a file of something else.</param>
    /// <param name="stop">Ends it; nothing is written then.</param>
    /// <exception cref="KernelException">EEXIST when there is a file of something else; else why it cannot be written.</exception>
    /// <exception cref="KernelFormatException">Something that the machine said cannot be understood.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void Save(Sensor sensor, string[]? interfaceNames, bool withAudit, string path, bool replace, CancellationToken stop) =>
        ReportFiles.Write(path, "write the metrics", replace || IsOwn(path), () => Text(sensor, interfaceNames, withAudit, stop));

    /// <summary>The metrics as text.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="interfaceNames">Interfaces to tell of; null for all, of which the audit takes those that it finds to be capture ports.</param>
    /// <param name="withAudit">True to count the results of the audit, too.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="KernelFormatException">Something that the machine said cannot be understood.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static string Text(Sensor sensor, string[]? interfaceNames, bool withAudit, CancellationToken stop)
    {
        DropLogs logs = DropLogs.Read(sensor, [], [], stop);
        stop.ThrowIfCancellationRequested();
        DropReading[] readings = [.. (interfaceNames ?? sensor.InterfaceNames).Select(new DropReadings(sensor).Get).Where(answer => answer.IsKnown).Select(answer => answer.Value)];
        PacketDrop[][] rows = Array.ConvertAll(readings, reading => PacketDrops.Tell(null, reading, logs.Workers, logs.Gaps, detail: false));
        MetricText text = new();
        text.Begin("zeptadmin_collected_timestamp_seconds", isCounter: false, "When the figures were read.");
        text.Add(sensor.Time.ToUnixTimeMilliseconds() / 1000.0);
        OfLayers(text, readings, rows);
        OfQueues(text, readings);
        OfSoftirq(text, sensor);
        OfSockets(text, readings);
        if (withAudit)
        {
            OfAudit(text, new AuditSubject(sensor, interfaceNames), stop);
        }

        return text.ToString();
    }

    private static void OfLayers(MetricText text, DropReading[] readings, PacketDrop[][] rows)
    {
        text.Begin("zeptadmin_received_packets_total", isCounter: true, "Packets that the kernel received from an interface.");
        foreach (DropReading reading in readings.Where(reading => reading.ReceivedPackets is not null))
        {
            text.Add(reading.ReceivedPackets!.Value, ("interface", reading.InterfaceName));
        }

        // Sockets and what never came are of logs, which begin again with each run of the program: gauges of their own.
        text.Begin("zeptadmin_drops_total", isCounter: true, "Packets lost at a layer of the card and the driver; mac are frames that arrived broken.");
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (PacketDrop row in rows[i].Where(row => row is { Layer: <= DropLayer.Driver, Dropped: not null }))
            {
                text.Add(row.Dropped!.Value, ("interface", readings[i].InterfaceName), ("layer", Lower(row.Layer)));
            }
        }

        text.Begin("zeptadmin_log_drop_ratio", isCounter: false, "Lost share, 0 to 1, by the last lines of the logs of Zeek and Suricata; layer upstream is capture loss.");
        foreach (PacketDrop row in rows.SelectMany(all => all).Where(row => row is { Layer: DropLayer.Socket or DropLayer.Upstream, Ratio: not null }))
        {
            text.Add(row.Ratio!.Value, ("interface", row.InterfaceName ?? ""), ("layer", Lower(row.Layer)), ("program", row.Counters[0] is "pkts_link" or "gaps" ? "zeek" : "suricata"));
        }
    }

    private static void OfQueues(MetricText text, DropReading[] readings)
    {
        text.Begin("zeptadmin_queue_packets_total", isCounter: true, "Packets received by a queue, as the driver counts them.");
        foreach (DropReading reading in readings)
        {
            foreach (IGrouping<int, NicCounter> queue in reading.Counters
                .Where(counter => counter is { CanonicalName: "rx_packets", Direction: CounterDirection.Receive, Queue: not null })
                .GroupBy(counter => counter.Queue!.Value).OrderBy(queue => queue.Key))
            {
                text.Add(queue.Max(counter => counter.Value), ("interface", reading.InterfaceName), ("queue", Number(queue.Key)));
            }
        }
    }

    private static void OfSoftirq(MetricText text, Sensor sensor)
    {
        SoftnetStat[] stats = SoftnetStats.Get(sensor).Try(out SoftnetStat[]? told) ? told : [];
        (string Name, string Help, Func<SoftnetStat, uint> Value)[] families =
        [
            ("processed", "Packets that a CPU's receive softirq took in; 32 bits wide in the kernel.", stat => stat.Processed),
            ("dropped", "Packets for which the backlog of a CPU was full.", stat => stat.Dropped),
            ("time_squeeze", "How often a CPU's receive softirq ended with packets left over.", stat => stat.TimeSqueeze),
        ];
        foreach ((string name, string help, Func<SoftnetStat, uint> value) in families)
        {
            text.Begin($"zeptadmin_softnet_{name}_total", isCounter: true, help);
            foreach (SoftnetStat stat in stats)
            {
                text.Add(value(stat), ("cpu", Number(stat.Cpu)));
            }
        }
    }

    private static void OfSockets(MetricText text, DropReading[] readings)
    {
        text.Begin("zeptadmin_af_packet_sockets", isCounter: false, "AF_PACKET sockets that receive from an interface, by program.");
        foreach (DropReading reading in readings)
        {
            foreach (IGrouping<string, AfPacketSocket> program in (reading.Sockets ?? []).GroupBy(socket => socket.ProcessName ?? ""))
            {
                text.Add(program.Count(), ("interface", reading.InterfaceName), ("program", program.Key));
            }
        }
    }

    private static void OfAudit(MetricText text, AuditSubject subject, CancellationToken stop)
    {
        text.Begin("zeptadmin_check_severity", isCounter: false, "Result of a check of the audit: 0 Pass, 1 Warn, 2 Fail, 3 Unknown, 4 NotApplicable.");
        foreach (CheckResult result in NsmAudit.Run(subject, Checks.All, starting: null, stop))
        {
            text.Add((int)result.Severity, ("check", result.Id), ("target", result.Target));
        }
    }

    private static bool IsOwn(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadLines(path).FirstOrDefault()?.StartsWith(FirstLine, StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Lower(DropLayer layer) => layer.ToString().ToLowerInvariant();

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
