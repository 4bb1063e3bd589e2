using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Get-NicFeature: features (offloads) of interfaces, by the kernel's names.</summary>
[Cmdlet(VerbsCommon.Get, "NicFeature")]
[OutputType(typeof(NicFeature))]
public sealed class GetNicFeatureCommand : InterfaceCmdlet
{
    /// <summary>Names of features, as the card has them; wildcards are allowed.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(FeatureCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Feature { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        WriteForEachInterface(InterfaceName, (machine, name) => NamedSettings.Pick(NicFeatures.Get(machine, name), Feature, item => item.Feature, "feature", name));
}
