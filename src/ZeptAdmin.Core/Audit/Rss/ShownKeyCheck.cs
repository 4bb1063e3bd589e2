using ZeptAdmin.Drivers;
using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H15: the card uses the key that its driver shows.</summary>
internal sealed class ShownKeyCheck() : RssCheck(
    "H15.ShownKey",
    "the key in use is the one shown",
    "virtio_net of some kernels hands the device its key one byte late: what is computed from the shown key is wrong, though 6D:5A happens to stay symmetric in the bits that count.",
    "field.md H15; LNX 4156c3745f06")
{
    /// <inheritdoc/>
    protected override CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject)
    {
        if (rss.Key is null)
        {
            return Result(NotApplicable, interfaceName, Expected, "no key is shown");
        }

        bool isLate = DriverQuirks.Of(rss.Driver, subject.Kernel).Any(quirk => quirk.Id == DriverQuirks.KeyOneByteLate);
        return isLate
            ? Result(
                Warn, interfaceName, Expected, $"{rss.Driver} of Linux {subject.Kernel?.ToString() ?? "(unknown)"} may pass it one byte late",
                "Run a kernel with commit 4156c3745f06; until then believe only what the queues' counters show.")
            : Result(Pass, interfaceName, Expected, "no fault of this driver is on record");
    }
}
