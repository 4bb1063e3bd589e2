using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Irqs;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-IrqAffinity: sends the interrupts of an interface's queues to CPUs, one queue after the other.</summary>
/// <remarks>
/// Interrupts that serve no queue (link, mailbox) stay where they are. Isolated CPUs and threads of one core are taken as they are named.
/// An affinity is lost when the interface goes down and up, and at a reboot.
/// </remarks>
[Cmdlet(VerbsCommon.Set, "IrqAffinity", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Cpu")]
[OutputType(typeof(IrqAffinity))]
public sealed class SetIrqAffinityCommand : ChangeCmdlet
{
    private readonly List<Target> _targets = [];

    /// <summary>Names of interfaces; wildcards are allowed.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InterfaceName { get; set; } = [];

    /// <summary>CPUs, as Linux writes them: the first queue goes to the first, and so on, from the first again when there are more queues than CPUs. With -Strategy One, the one.</summary>
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Cpu")]
    [Parameter(ParameterSetName = "Strategy")]
    [ValidateNotNullOrEmpty]
    public CpuList[] Cpu { get; set; } = [];

    /// <summary>Local: CPUs of the card's node; Remote: of the other nodes; All: all online CPUs; One: -Cpu or the first CPU of the card's node, for all queues.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Strategy")]
    public IrqStrategy Strategy { get; set; }

    /// <summary>Node that -Strategy Remote means; left out, all but the card's.</summary>
    [Parameter(ParameterSetName = "Strategy")]
    [ValidateRange(0, 65535)]
    public int? Node { get; set; }

    /// <summary>Numbers of queues; left out, all queues. The first CPU is for the first queue named, or the first that comes through the pipeline.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int[]? Queue { get; set; }

    /// <summary>Lets packets sent on a queue's CPU take its transmit queue as well (XPS).</summary>
    [Parameter]
    public SwitchParameter Xps { get; set; }

    /// <summary>CPUs to which packets of the receive queues are handed on (RPS); empty text turns that off, as a card with several queues wants it.</summary>
    [Parameter]
    public CpuList[]? Rps { get; set; }

    /// <summary>Has irqbalance leave these CPUs and interrupts alone, in its settings file and at once where it can be told.</summary>
    [Parameter]
    public SwitchParameter FenceIrqBalance { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (ParameterSetName == "Strategy" && Cpu.Length > 0 && (Strategy != IrqStrategy.One || Cpu.Sum(list => list.Count) != 1))
        {
            PSArgumentException problem = new("With -Strategy, -Cpu is the CPU of 'One': name a single one, or leave out -Strategy.", nameof(Cpu));
            ThrowTerminatingError(new ErrorRecord(problem, "OneCpuExpected", ErrorCategory.InvalidArgument, Cpu));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachInterface(InterfaceName, Gather);

    /// <inheritdoc/>
    /// <remarks>Queues that come one by one through the pipeline take the CPUs in turn, so all of them have to be known first.</remarks>
    protected override void EndProcessing()
    {
        foreach (Target target in _targets)
        {
            ForEachInterface([target.InterfaceName], (_, _) => Change(target));
        }
    }

    private void Gather(string name, bool isWildcard)
    {
        Target? target = _targets.Find(known => known.InterfaceName == name);
        if (target is null)
        {
            target = new Target(name, isWildcard, []);
            _targets.Add(target);
        }

        // An interrupt without a queue adds none.
        target.Queues.AddRange(Queue ?? []);
    }

    private void Change(Target target)
    {
        (string name, bool isWildcard, List<int> queues) = target;
        Answer<IrqPlan> answer = IrqPlan.Make(Machine, name, Wish(queues));
        if (!answer.Try(out IrqPlan? plan))
        {
            Report(answer.Refusal!, isWildcard);
            return;
        }

        Tell(plan.Warning, isWarning: true);
        Tell(plan.Note, isWarning: false);
        KeepIrqBalanceOff(plan);
        if (!MakeTogether(isWildcard, plan.Changes))
        {
            return;
        }

        foreach ((string sentence, bool isPending) in plan.NotThereYet(Machine))
        {
            Tell(sentence, isWarning: !isPending);
        }

        if (PassThru)
        {
            Write(new IrqAffinities(Machine).Get(name));
        }
    }

    private IrqWish Wish(List<int> queues) => new()
    {
        Strategy = ParameterSetName == "Strategy" ? Strategy : null,
        Cpus = Cpu.Length > 0 ? [.. Cpu.SelectMany(list => list.ToArray())] : null,
        Node = Node,
        Queues = queues.Count > 0 ? [.. queues] : null,
        WithXps = Xps,
        RpsCpus = Rps is null ? null : CpuList.Of(Rps.SelectMany(list => list.ToArray())),
    };

    // Before the interrupts are moved, or it might move them back in between.
    private void KeepIrqBalanceOff(IrqPlan plan)
    {
        if (FenceIrqBalance)
        {
            Answer<Changes.PlannedChange> fence = IrqBalanceBans.PlanFence(Machine, plan.Cpus, plan.Irqs, out string? note);
            Tell(note, isWarning: true);
            if (Make(isWildcard: true, fence) && fence.IsKnown)
            {
                (string sentence, bool isInForce) = IrqBalanceBans.Standing(Machine);
                Tell(sentence, isWarning: !isInForce);
            }
        }
        else if (IrqBalanceBans.Mover(Machine, plan.Irqs) is int process)
        {
            WriteWarning($"irqbalance runs (process {process}) and will move the interrupts of '{plan.InterfaceName}' again; -FenceIrqBalance has it leave them alone.");
        }
    }

    private sealed record Target(string InterfaceName, bool IsWildcard, List<int> Queues);
}
