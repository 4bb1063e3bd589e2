using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I10: the port is up, has a link, and takes frames for everybody.</summary>
internal sealed class PortStateCheck() : InterfaceCheck(
    "I10.PortState",
    CheckCategory.Nic,
    "up, with a link, promiscuous",
    "A port that is down or not promiscuous drops what is mirrored to it without counting it. A capture program makes it promiscuous while it runs.",
    "field.md I10; include/linux/if.h IFF_PROMISC")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<Nic> answer = subject.Nic(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        Nic nic = answer.Value;
        string name = Quote(interfaceName);
        string speed = nic.SpeedMbps is long mbps and > 0 ? $", {Words.Number(mbps / 1000.0)} Gbit/s" : "";
        string mtu = nic.Mtu is int bytes ? $", MTU {bytes}" : "";
        return nic switch
        {
            { IsUp: null } => Result(Unknown, interfaceName, Expected, "the machine does not tell its state"),
            { IsUp: false } => Result(Warn, interfaceName, Expected, "down", $"ip link set {name} up promisc on"),
            { HasCarrier: false } => Result(Warn, interfaceName, Expected, "up, but without a link", "Look at the cable, the optic and the other end."),
            { IsPromiscuous: false } when subject.IsManagementPort(interfaceName) => Result(NotApplicable, interfaceName, Expected, $"the management port: up{speed}{mtu}"),
            { IsPromiscuous: false } => Result(Warn, interfaceName, Expected, $"up{speed}{mtu}, not promiscuous: nobody captures", $"Start the capture program, or ip link set {name} promisc on"),
            _ => Result(Pass, interfaceName, Expected, $"up{speed}{mtu}, promiscuous"),
        };
    }
}
