using System.Management.Automation;
using System.Net;
using ZeptAdmin.Xdp;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that change early drops by xdp-filter.</summary>
public abstract class XdpFilterCmdlet : InterfaceChangeCmdlet
{
    /// <summary>Ports of TCP or UDP.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int[] Port { get; set; } = [];

    /// <summary>Addresses, IPv4 or IPv6.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public IPAddress[] Address { get; set; } = [];

    /// <summary>Which direction of a frame the port or address is looked for in.</summary>
    [Parameter]
    public XdpDirection Direction { get; set; } = XdpDirection.Both;

    /// <summary>Protocols of the ports.</summary>
    [Parameter]
    [ValidateSet("Tcp", "Udp")]
    public string[] Protocol { get; set; } = ["Tcp", "Udp"];

    /// <summary>The rules that the parameters mean.</summary>
    private protected string[] Rules => NicXdpFilters.Rules(
        Port, Address, Direction, Protocol.Contains("Tcp", StringComparer.OrdinalIgnoreCase), Protocol.Contains("Udp", StringComparer.OrdinalIgnoreCase));

    /// <summary>Says whose the rules are, too.</summary>
    private protected void TellOthers(string name)
    {
        string[] others = NicXdpFilters.Others(Machine, name);
        Tell(others.Length == 0 ? null : $"xdp-filter has one list of rules for all interfaces: it holds for {string.Join(", ", others)} as well.", isWarning: true);
    }
}
