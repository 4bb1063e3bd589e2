using System.Management.Automation;
using ZeptAdmin.Drivers;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicCounter: counters of a driver, each with its name for all drivers and its place between wire and stack.</summary>
[Cmdlet(VerbsCommon.Get, "NicCounter")]
[OutputType(typeof(NicCounter))]
public sealed class GetNicCounterCommand : InterfaceCmdlet
{
    private WildcardPattern[] _wanted = [];

    /// <summary>Counters wanted, by the driver's name or the one for all drivers; wildcards are allowed.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Counter { get; set; } = ["*"];

    /// <summary>Layers wanted: Mac, Fifo, Ring …; left out, all.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public CounterLayer[] Layer { get; set; } = [];

    /// <summary>Leaves out counters that stand at 0.</summary>
    [Parameter]
    public SwitchParameter NonZero { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() =>
        _wanted = [.. Counter.Select(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase))];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        WriteForEachInterface(InterfaceName, (sensor, name) => NicCounters.Get(sensor, name).Select(counters => Array.FindAll(counters, IsWanted)));

    private bool IsWanted(NicCounter counter) =>
        (!NonZero || counter.Value != 0)
        && (Layer.Length == 0 || Layer.Contains(counter.Layer))
        && Array.Exists(_wanted, pattern => pattern.IsMatch(counter.Name) || (counter.CanonicalName is string canonical && pattern.IsMatch(canonical)));
}
