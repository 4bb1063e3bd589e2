using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicPrivateFlag: private flags of drivers.</summary>
[Cmdlet(VerbsCommon.Get, "NicPrivateFlag")]
[OutputType(typeof(NicPrivateFlag))]
public sealed class GetNicPrivateFlagCommand : InterfaceCmdlet
{
    /// <summary>Names of private flags, as the card has them; wildcards are allowed.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(PrivateFlagCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Flag { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        WriteForEachInterface(InterfaceName, (machine, name) => NamedSettings.Pick(NicPrivateFlags.Get(machine, name), Flag, item => item.Flag, "private flag", name));
}
