using System.Management.Automation;
using ZeptAdmin.Cpus;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-CpuIdleState: turns idle states (C-states) of CPUs on or off, by name or by what waking from them costs.</summary>
/// <remarks>Until the next boot or Undo-NsmChange.</remarks>
[Cmdlet(VerbsCommon.Set, "CpuIdleState", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Latency")]
[OutputType(typeof(CpuIdleState))]
public sealed class SetCpuIdleStateCommand : CpuChangeCmdlet
{
    private readonly Dictionary<(int Cpu, string Name), (CpuIdleState State, bool IsOn)> _wanted = [];
    private CpuIdleState[]? _states;

    /// <summary>Names of states; wildcards are allowed.</summary>
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "On", ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Off", ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Lets the states be used.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "On")]
    public SwitchParameter On { get; set; }

    /// <summary>Has the states not be used.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Off")]
    public SwitchParameter Off { get; set; }

    /// <summary>Turns off all states from which waking takes longer, and on the others, but for those that the driver itself left off. Microseconds.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Latency")]
    [ValidateRange(0, 1000000)]
    public int MaxLatencyMicroseconds { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Answer<CpuIdleState[]> all = _states is null ? CpuIdleStates.Get(Machine) : _states;
        if (Pick(all, state => state.Cpu, "idle states") is not CpuIdleState[] picked)
        {
            return;
        }

        _states = all.Value;
        if (ParameterSetName == "Latency")
        {
            Want(CpuIdleStates.ForLatency(picked, MaxLatencyMicroseconds));
            return;
        }

        foreach (string pattern in Name)
        {
            Want(Named(picked, state => state.Name, pattern, "idle state").Select(state => (state, (bool)On)));
        }
    }

    /// <inheritdoc/>
    /// <remarks>States come one by one through the pipeline; a change is made for each name, for all its CPUs at once.</remarks>
    protected override void EndProcessing()
    {
        if (_wanted.Count == 0)
        {
            return;
        }

        CpuList polling = CpuIdleStates.Polling(_states!, _wanted.Values);
        Tell(polling.IsEmpty ? null : $"Nothing but polling is left to CPU {polling}: it runs at full power when idle, and takes turbo from the other cores.", isWarning: true);
        if (Make(CpuIdleStates.Plan(Machine, _wanted.Values)) && PassThru)
        {
            Write(CpuIdleStates.Get(Machine).Select(states => states.Where(state => _wanted.ContainsKey((state.Cpu, state.Name))).ToArray()));
        }
    }

    private void Want(IEnumerable<(CpuIdleState State, bool IsOn)> wishes)
    {
        foreach ((CpuIdleState state, bool isOn) in wishes)
        {
            _wanted[(state.Cpu, state.Name)] = (state, isOn);
        }
    }
}
