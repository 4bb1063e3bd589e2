using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H10: symmetric-xor is not used together with a repeated key.</summary>
/// <remarks>
/// symmetric-xor feeds source XOR destination into both places of the input. A key that repeats every 16 bits gives both places the same
/// contribution, and the two cancel: the hash is 0 for every packet. Shown in the tests of Rss.
/// </remarks>
internal sealed class RepeatedKeyXorCheck() : RssCheck(
    "H10.RepeatedKeyXor",
    "one of them: symmetric-xor, or a repeated key",
    "Each makes the hash symmetric; both together make it 0 for every packet, and all traffic lands in one queue.",
    "field.md H10, H5; linux/ethtool.h RXH_XFRM_SYM_XOR")
{
    /// <inheritdoc/>
    protected override CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject)
    {
        if (rss.InputTransform is not RssInputTransform transform || !transform.HasFlag(RssInputTransform.SymmetricXor))
        {
            return Result(NotApplicable, interfaceName, Expected, "symmetric-xor is off");
        }

        return rss.Key switch
        {
            null => Result(Unknown, interfaceName, Expected, "symmetric-xor is on, and the driver hides its key"),
            { IsSymmetric: true } => Result(
                Fail, interfaceName, Expected, "both: every packet hashes to 0, into one queue",
                $"Set-NicRss {Quote(interfaceName)} -Symmetric # it picks one of the two"),
            _ => Result(Pass, interfaceName, Expected, $"{SymmetricHashCheck.Name(transform)} with the key {rss.KeySummary}"),
        };
    }
}
