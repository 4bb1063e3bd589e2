using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Add-NicFlowRule: adds a rule to the receive classifier: the card drops what matches, or sends it to a queue or an RSS context.</summary>
/// <remarks>What the driver is known to refuse is told before anything is written, with the rule that stands in the way.</remarks>
[Cmdlet(VerbsCommon.Add, "NicFlowRule", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NicFlowRule))]
public sealed class AddNicFlowRuleCommand : InterfaceChangeCmdlet
{
    /// <summary>Kind of packets.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateSet("Tcp4", "Udp4", "Sctp4", "Ip4", "Tcp6", "Udp6", "Sctp6", "Ip6", "Ah4", "Esp4", "Ah6", "Esp6", "Ether")]
    public FlowRuleType FlowType { get; set; }

    /// <summary>Source address or network (10.0.0.0/8); with Ether a MAC address.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Source { get; set; }

    /// <summary>Destination address or network; with Ether a MAC address.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Destination { get; set; }

    /// <summary>Source port.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BlankTransformation]
    [ValidateUInt16]
    public int? SourcePort { get; set; }

    /// <summary>Destination port.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BlankTransformation]
    [ValidateUInt16]
    public int? DestinationPort { get; set; }

    /// <summary>Number of the transport protocol, with Ip4 or Ip6: 47 is GRE.</summary>
    [Parameter]
    [ValidateRange(0, 255)]
    public int? Protocol { get; set; }

    /// <summary>EtherType, with Ether: 0x88cc is LLDP.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int? EtherType { get; set; }

    /// <summary>VLAN id.</summary>
    [Parameter]
    [ValidateRange(0, 4095)]
    public int? Vlan { get; set; }

    /// <summary>The card drops the packets; no sensor sees them.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Drop")]
    public SwitchParameter Drop { get; set; }

    /// <summary>Receive queue that the packets go to.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Queue")]
    [ValidateRange(0, 65535)]
    public int ToQueue { get; set; }

    /// <summary>RSS context that spreads the packets.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Context")]
    [ValidateRange(1, int.MaxValue)]
    public int ToContext { get; set; }

    /// <summary>Place in the table; left out, the highest free one. Of several rules that match, the one at the lowest place counts.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Location { get; set; }

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        Answer<NicFlowRulePlan> answer = NicFlowRulePlanner.Add(Machine, name, Wish());
        if (!answer.Try(out NicFlowRulePlan? plan))
        {
            Report(answer.Refusal!, isWildcard);
            return;
        }

        Array.ForEach(plan.Warnings, WriteWarning);
        if (Make(isWildcard, plan.Change) && PassThru)
        {
            Write(NicFlowRules.Get(Machine, name).Select(rules => Array.FindAll(rules, rule => rule.Match == plan.Rule.Match && rule.Target == plan.Rule.Target)));
        }
    }

    private NicFlowRuleWish Wish() => new()
    {
        FlowType = FlowType,
        // What a suggestion leaves open comes through the pipeline as an empty text.
        Source = string.IsNullOrEmpty(Source) ? null : Source,
        Destination = string.IsNullOrEmpty(Destination) ? null : Destination,
        SourcePort = SourcePort,
        DestinationPort = DestinationPort,
        Protocol = Protocol,
        EtherType = EtherType,
        Vlan = Vlan,
        Action = ParameterSetName switch { "Drop" => FlowRuleAction.Drop, "Context" => FlowRuleAction.RssContext, _ => FlowRuleAction.Queue },
        ActionTarget = (uint)(ParameterSetName == "Context" ? ToContext : ToQueue),
        Location = (uint?)Location,
    };
}
