using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Cpus;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-CpuPrefetcher: turns hardware prefetchers of Intel's processors on or off.</summary>
/// <remarks>Until the next boot or Undo-NsmChange. Threads of one core share its prefetchers and change together.</remarks>
[Cmdlet(VerbsCommon.Set, "CpuPrefetcher", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Off")]
[OutputType(typeof(CpuPrefetcher))]
public sealed class SetCpuPrefetcherCommand : CpuChangeCmdlet
{
    private readonly Dictionary<(int Cpu, string Name), CpuPrefetcher> _wanted = [];

    /// <summary>Names of prefetchers: L2Hardware, L2AdjacentLine, DcuHardware, DcuIp; wildcards are allowed.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CpuPrefetcherCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Lets them work.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "On")]
    public SwitchParameter On { get; set; }

    /// <summary>Stops them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Off")]
    public SwitchParameter Off { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Pick(CpuPrefetchers.Get(Machine), prefetcher => prefetcher.Cpu, "prefetchers") is not CpuPrefetcher[] picked)
        {
            return;
        }

        foreach (string pattern in Name)
        {
            foreach (CpuPrefetcher prefetcher in Named(picked, prefetcher => prefetcher.Name, pattern, "prefetcher"))
            {
                _wanted[(prefetcher.Cpu, prefetcher.Name)] = prefetcher;
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_wanted.Count > 0 && Make(CpuPrefetchers.Plan(Machine, _wanted.Values.Select(prefetcher => (prefetcher, (bool)On)))) && PassThru)
        {
            Write(CpuPrefetchers.Get(Machine).Select(prefetchers => prefetchers.Where(each => _wanted.ContainsKey((each.Cpu, each.Name))).ToArray()));
        }
    }
}
