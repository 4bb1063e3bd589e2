using System.Globalization;
using ZeptAdmin.Drops;
using ZeptAdmin.Logs;
using ZeptAdmin.Sensors;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>A check of what some layers of Get-PacketDrops lose: between the two instants of a snapshot, else since they began to count.</summary>
/// <param name="id">Stable id.</param>
/// <param name="layers">Layers that it adds up.</param>
/// <param name="expected">How it should be.</param>
/// <param name="why">Why it matters.</param>
/// <param name="reference">Where that is known from.</param>
internal abstract class LayerDropCheck(string id, DropLayer[] layers, string expected, string why, string reference)
    : InterfaceCheck(id, CheckCategory.Drop, expected, why, reference)
{
    // Suricata's guide takes less than a percent of kernel drops for acceptable (field.md K14); less than a millionth is chance.
    private const double Negligible = 1e-6;
    private const double Acceptable = 0.01;

    /// <inheritdoc/>
    protected sealed override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        PacketDrop[] rows =
        [
            .. subject.Read(interfaceName, (_, _) => Rows(subject, interfaceName))
                .Where(row => layers.Contains(row.Layer) && row is { Queue: null, Cpu: null, Worker: null }),
        ];
        PacketDrop[] counted = [.. rows.Where(row => row.Dropped is not null)];
        if (counted.Length == 0)
        {
            return Result(Unknown, interfaceName, Expected, rows.Select(row => row.Note).FirstOrDefault(note => note.Length > 0) ?? "the driver counts none of it");
        }

        PacketDrop worst = counted.MaxBy(row => row.Ratio ?? (row.Dropped > 0 ? 1 : 0))!;
        if (worst.Confidence == DropConfidence.Low)
        {
            return Result(NotApplicable, interfaceName, Expected, worst.Note);
        }

        long dropped = counted.Sum(row => row.Dropped!.Value);
        double share = worst.Ratio ?? (dropped > 0 ? Negligible : 0);
        string how = worst.Ratio is double ratio ? string.Create(CultureInfo.InvariantCulture, $", {100 * ratio:G2} %") : "";
        string since = worst.Since is null ? "since it began to count" : string.Create(CultureInfo.InvariantCulture, $"in {(worst.Until - worst.Since.Value).TotalSeconds:0.#} s");
        return Result(
            dropped == 0 || share < Negligible ? Pass : share < Acceptable ? Warn : Fail,
            interfaceName, Expected,
            dropped == 0 ? $"none {since}" : string.Create(CultureInfo.InvariantCulture, $"{dropped} {since}{how} ({worst.Layer})"),
            Remedy(worst, interfaceName));
    }

    /// <summary>What to do about the worst layer.</summary>
    protected abstract string Remedy(PacketDrop worst, string interfaceName);

    private static PacketDrop[] Rows(AuditSubject subject, string interfaceName)
    {
        Moments moments = subject.Read(sensor => new Moments(
            new DropReadings(sensor),
            sensor.Later is Sensor later ? new DropReadings(later) : null,
            DropLogs.Read(sensor, [], [], CancellationToken.None)));
        if (!moments.First.Get(interfaceName).Try(out DropReading? first))
        {
            return [];
        }

        DropReading? second = moments.Second?.Get(interfaceName).Try(out DropReading? reading) == true ? reading : null;
        return PacketDrops.Tell(second is null ? null : first, second ?? first, moments.Logs.Workers, moments.Logs.Gaps, detail: false);
    }

    // What all ports share, read once for an audit.
    private sealed record Moments(DropReadings First, DropReadings? Second, DropLogs Logs);
}
