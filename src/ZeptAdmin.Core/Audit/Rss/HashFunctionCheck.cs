using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H6: the hash function is Toeplitz.</summary>
internal sealed class HashFunctionCheck() : RssCheck(
    "H6.HashFunction",
    Toeplitz,
    "A symmetric key is symmetric for the Toeplitz function only; crc32 and others have no such key, and xor spreads badly.",
    "field.md H6")
{
    /// <summary>The kernel's name of the function.</summary>
    internal const string Toeplitz = "toeplitz";

    /// <inheritdoc/>
    protected override CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject) => rss.Function switch
    {
        null => Result(Unknown, interfaceName, Expected, "the driver does not tell the function"),
        Toeplitz => Result(Pass, interfaceName, Expected, Toeplitz),
        _ => Result(Warn, interfaceName, Expected, rss.Function, $"Set-NicRss {Quote(interfaceName)} -Function {Toeplitz}"),
    };
}
