using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-NicFeature: turns features (offloads) of interfaces on or off, by name or as a capture port wants them.</summary>
[Cmdlet(VerbsCommon.Set, "NicFeature", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "On")]
[OutputType(typeof(NicFeature))]
public sealed class SetNicFeatureCommand : InterfaceChangeCmdlet
{
    private static readonly NicFeatureSetting Setting = new();

    /// <summary>Names of features, as the card has them; wildcards are allowed.</summary>
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "On")]
    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "Off")]
    [ArgumentCompleter(typeof(FeatureCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Feature { get; set; } = ["*"];

    /// <summary>Turns them on.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "On")]
    public SwitchParameter On { get; set; }

    /// <summary>Turns them off.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Off")]
    public SwitchParameter Off { get; set; }

    /// <summary>gro, lro, tso and gso off; VLAN stripping, hashing and exact filters on. What the card lacks is told and passed over.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CaptureProfile")]
    public SwitchParameter CaptureProfile { get; set; }

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        Answer<NicFeature[]> picked = Pick(name);
        if (picked.Refusal is Refusal refusal)
        {
            Report(refusal, isWildcard);
            return;
        }

        (string Feature, bool IsOn)[] wanted = CaptureProfile ? Differences(name, picked.Value) : [.. picked.Value.Select(item => (item.Feature, (bool)On))];
        if (Make(isWildcard, wanted.Select(item => Setting.Plan(Machine, name, item.Feature, item.IsOn))) && PassThru)
        {
            Write(Pick(name));
        }
    }

    private Answer<NicFeature[]> Pick(string name) =>
        NamedSettings.Pick(NicFeatures.Get(Machine, name), Feature, item => item.Feature, "feature", name);

    private (string Feature, bool IsOn)[] Differences(string name, NicFeature[] features)
    {
        (string Feature, bool IsOn)[] differences = Nics.CaptureProfile.Differences(features, out string[] stuck);
        foreach (string feature in stuck)
        {
            WriteVerbose($"'{name}' cannot change the feature '{feature}', or does not have it; it is passed over.");
        }

        if (differences.Length == 0)
        {
            WriteVerbose($"Nothing to do: the features of '{name}' are as a capture port wants them, as far as they can be.");
        }

        return differences;
    }
}
