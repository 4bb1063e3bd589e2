using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H14: the key is known, and from where.</summary>
internal sealed class KeySourceCheck() : RssCheck(
    "H14.KeySource",
    "known",
    "Which queue a flow goes to can be predicted only with the key. Where the driver hides it, it is mostly the start of the kernel's own, which is drawn anew at each boot.",
    "field.md H14; /proc/sys/net/core/netdev_rss_key")
{
    /// <inheritdoc/>
    protected override CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject) => rss.KeySource switch
    {
        RssKeySource.Driver => Result(Pass, interfaceName, Expected, $"the driver shows it ({rss.KeySummary})"),
        RssKeySource.Kernel => Result(Pass, interfaceName, Expected, "hidden; taken from the kernel's, as this driver does"),
        _ => Result(Unknown, interfaceName, Expected, "the driver hides it, and it is not known where it takes it from"),
    };
}
