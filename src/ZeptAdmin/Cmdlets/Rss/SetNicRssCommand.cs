using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-NicRss: changes which packets meet in which queue: hash key, function, fields and indirection table.</summary>
/// <remarks>What a driver is known to refuse is told before anything is written. Fields change only when they are asked for.</remarks>
[Cmdlet(VerbsCommon.Set, "NicRss", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Queue")]
[OutputType(typeof(NicRss))]
public sealed class SetNicRssCommand : InterfaceChangeCmdlet
{
    /// <summary>
    /// Both directions of a connection in one queue: by an input transformation where driver and kernel have one, else by the key 6D:5A… of the
    /// card's own length; nothing where the card hashes so by itself.
    /// </summary>
    [Parameter]
    public SwitchParameter Symmetric { get; set; }

    /// <summary>Hash key: text (6D:5A:…), bytes, or what New-RssKey made; as long as the card's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [RssKeyTransformation]
    public RssKey? Key { get; set; }

    /// <summary>Hashed fields, by name or as ethtool's letters: sd, sdfn.</summary>
    [Parameter]
    [RssFieldsTransformation]
    public RssFields? Fields { get; set; }

    /// <summary>Kinds of packets that Fields is for; left out, TCP and UDP over IPv4 and IPv6.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public RssFlowType[] FlowType { get; set; } = [];

    /// <summary>Hash function, with the kernel's name.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(HashFunctionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Function { get; set; }

    /// <summary>What the card does with the packet before it hashes (xfrm); None turns it off.</summary>
    [Parameter]
    public RssInputTransform? InputTransform { get; set; }

    /// <summary>Number of queues that share the table evenly, from queue 0 on.</summary>
    [Parameter(ParameterSetName = "Queue")]
    [ValidateRange(1, 65536)]
    public int? Queue { get; set; }

    /// <summary>Queue of each entry of the table; a shorter list is repeated.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Table")]
    [ValidateNotNullOrEmpty]
    public int[]? IndirectionTable { get; set; }

    /// <summary>Share of each queue, from queue 0 on; the shares add up to the entries of the table at most.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Weight")]
    [ValidateNotNullOrEmpty]
    public int[]? Weight { get; set; }

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        Answer<RssPlan> answer = RssPlanner.Plan(Machine, name, new RssWish
        {
            IsSymmetric = Symmetric,
            Key = Key,
            Fields = Fields,
            FlowTypes = FlowType,
            Function = Function,
            InputTransform = InputTransform,
            QueueCount = Queue,
            Table = IndirectionTable,
            Weights = Weight,
        });
        if (!answer.Try(out RssPlan? plan))
        {
            Report(answer.Refusal!, isWildcard);
            return;
        }

        Array.ForEach(plan.Remarks, WriteVerbose);
        Array.ForEach(plan.Warnings, WriteWarning);
        if (MakeTogether(isWildcard, plan.Changes.Select(change => (Answer<Changes.PlannedChange>)change)) && PassThru)
        {
            Write(NicRssReader.Get(Machine, name));
        }
    }
}
