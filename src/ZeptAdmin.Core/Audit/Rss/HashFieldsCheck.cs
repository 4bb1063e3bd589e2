using ZeptAdmin.Drivers;
using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H1, H2, H3: the fields that are hashed take both sides, and are the same for TCP and UDP of both IP versions.</summary>
/// <remarks>
/// R2: one school hashes addresses (sd), so that fragments without ports stay with their datagram; the other addresses and ports (sdfn), for
/// a better spread. Both are let pass: what counts is that the two directions meet.
/// </remarks>
internal sealed class HashFieldsCheck() : RssCheck(
    "H1.HashFields",
    "both sides hashed, the same for TCP and UDP",
    "Fields of one side send the two directions of a connection to different queues, whatever the key. With ports (sdfn) the later fragments of a datagram miss its queue; with addresses alone (sd) two busy hosts share one. Both are defensible, a mixture is not.",
    "field.md H1, H2, H3, R2")
{
    private const string Addresses = "sd";
    private const string AddressesAndPorts = "sdfn";

    private static readonly RssFlowType[] Needed = [RssFlowType.Tcp4, RssFlowType.Udp4, RssFlowType.Tcp6, RssFlowType.Udp6];

    /// <inheritdoc/>
    protected override CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject)
    {
        NicHashFields[] fields = [.. rss.Fields.Where(kind => Needed.Contains(kind.FlowType))];
        if (fields.Length == 0)
        {
            return Result(Unknown, interfaceName, Expected, "the driver does not tell the fields");
        }

        string wanted = DriverTable.Find(rss.Driver)?.TcpFields is [string only] ? only : Addresses;
        string remedy = $"Set-NicRss {Quote(interfaceName)} -FlowType Tcp4, Udp4, Tcp6, Udp6 -Fields "
            + (wanted == Addresses ? "SourceAddress, DestinationAddress" : "SourceAddress, DestinationAddress, SourcePort, DestinationPort");
        string all = string.Join(" ", fields.Select(kind => kind.ToString()));
        NicHashFields? torn = Array.Find(fields, kind => !kind.IsTwoSided);
        if (torn is not null)
        {
            return Result(Fail, interfaceName, Expected, $"one side only: {torn}", remedy);
        }

        NicHashFields? none = Array.Find(fields, kind => kind.Fields == RssFields.None);
        if (none is not null)
        {
            return Result(Warn, interfaceName, Expected, $"{none.FlowType} is not hashed: all of it meets in one queue", remedy);
        }

        string[] letters = [.. fields.Select(kind => kind.Letters).Distinct()];
        return letters.Length > 1
            ? Result(Warn, interfaceName, Expected, $"mixed: {all}", remedy)
            : Result(
                Pass, interfaceName, Expected,
                letters[0] + letters[0] switch
                {
                    Addresses => ": fragments stay with their datagram",
                    AddressesAndPorts => ": later fragments may miss their datagram's queue",
                    _ => "",
                });
    }
}
