using System.Management.Automation;
using System.Net;
using ZeptAdmin.Binding;
using ZeptAdmin.Drops;
using ZeptAdmin.Flows;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Cmdlets;

/// <summary>
/// Resolve-NsmFlow: the way of both directions of a connection through the sensor, from flow rule and hash to queue, interrupt, CPU and worker,
/// and where they part.
/// </summary>
[Cmdlet(VerbsDiagnostic.Resolve, "NsmFlow")]
[OutputType(typeof(NsmFlow))]
public sealed class ResolveNsmFlowCommand : SensorCmdlet
{
    private readonly Dictionary<string, FlowResolver> _resolvers = [];

    /// <summary>Source address: id.orig_h of conn.log, src_ip of Suricata's eve.json.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("id.orig_h", "src_ip", "SourceAddress")]
    public IPAddress Source { get; set; } = IPAddress.None;

    /// <summary>Destination address: id.resp_h, dest_ip.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("id.resp_h", "dest_ip", "DestinationAddress")]
    public IPAddress Destination { get; set; } = IPAddress.None;

    /// <summary>Source port: id.orig_p, src_port. Needed where the card hashes ports.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("id.orig_p", "src_port")]
    [BlankTransformation]
    [ValidateUInt16]
    public int? SourcePort { get; set; }

    /// <summary>Destination port: id.resp_p, dest_port.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("id.resp_p", "dest_port")]
    [BlankTransformation]
    [ValidateUInt16]
    public int? DestinationPort { get; set; }

    /// <summary>Protocol by name or number: proto.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("proto")]
    [ArgumentCompleter(typeof(ProtocolCompleter))]
    [ValidateNotNullOrEmpty]
    public string Protocol { get; set; } = "tcp";

    /// <summary>Interfaces through which the flow comes; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>Key that the card really uses, where it is known to use another than it shows (Measure-FlowSymmetry names it); null for the one shown.</summary>
    [Parameter]
    [RssKeyTransformation]
    public RssKey? Key { get; set; }

    /// <summary>Fanout groups as Test-AfPacketFanout -Interval measured them; where their members are still the same, workers are told by them.</summary>
    [Parameter]
    public AfPacketFanout[]? Fanout { get; set; }

    /// <summary>Queue on which the flow was seen to arrive, where it cannot be reckoned (veth) or is known better.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BlankTransformation]
    [ValidateUInt16]
    public int? SeenQueue { get; set; }

    /// <summary>Queue of the other direction; left out, that of -SeenQueue.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BlankTransformation]
    [ValidateUInt16]
    public int? SeenReturnQueue { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!FlowTuple.TryMake(Source, Destination, SourcePort, DestinationPort, Protocol, out FlowTuple? flow, out string? problem))
        {
            WriteError(new ErrorRecord(new PSArgumentException(problem), "FlowNotUnderstood", ErrorCategory.InvalidArgument, $"{Source} {Destination} {Protocol}"));
            return;
        }

        ForEachInterface(InterfaceName, (name, isWildcard) =>
        {
            if (!_resolvers.TryGetValue(name, out FlowResolver? resolver))
            {
                Answer<FlowResolver> opened = FlowResolver.Open(Machine, name, Key, Fanout);
                if (!opened.Try(out resolver))
                {
                    Report(opened.Refusal!, isWildcard);
                    return;
                }

                _resolvers[name] = resolver;
            }

            WriteObject(resolver.Resolve(flow, SeenQueue, SeenReturnQueue));
        });
    }
}
