using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Cpus;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-CpuPrefetcher: which hardware prefetchers of Intel's processors work.</summary>
[Cmdlet(VerbsCommon.Get, "CpuPrefetcher")]
[OutputType(typeof(CpuPrefetcher))]
public sealed class GetCpuPrefetcherCommand : CpuCmdlet
{
    /// <summary>Names of prefetchers: L2Hardware, L2AdjacentLine, DcuHardware, DcuIp; wildcards are allowed.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(CpuPrefetcherCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Pick(CpuPrefetchers.Get(Machine), prefetcher => prefetcher.Cpu, "prefetchers") is CpuPrefetcher[] prefetchers)
        {
            WriteObject(prefetchers.Where(prefetcher => Matches(prefetcher.Name, Name)), enumerateCollection: true);
        }
    }
}
