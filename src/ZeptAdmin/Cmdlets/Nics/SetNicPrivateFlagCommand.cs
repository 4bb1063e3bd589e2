using System.Management.Automation;
using ZeptAdmin.Binding;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;

namespace ZeptAdmin.Cmdlets;

/// <summary>Set-NicPrivateFlag: turns private flags of drivers on or off.</summary>
/// <remarks>Many flags reset the card: the link goes down for a moment, and what the card forgets is put back.</remarks>
[Cmdlet(VerbsCommon.Set, "NicPrivateFlag", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "On")]
[OutputType(typeof(NicPrivateFlag))]
public sealed class SetNicPrivateFlagCommand : InterfaceChangeCmdlet
{
    private static readonly NicPrivateFlagSetting Setting = new();

    /// <summary>Names of private flags, as the card has them; wildcards are allowed.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    [ArgumentCompleter(typeof(PrivateFlagCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Flag { get; set; } = [];

    /// <summary>Turns them on.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "On")]
    public SwitchParameter On { get; set; }

    /// <summary>Turns them off.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Off")]
    public SwitchParameter Off { get; set; }

    /// <inheritdoc/>
    private protected override void Change(string name, bool isWildcard)
    {
        Answer<NicPrivateFlag[]> picked = NamedSettings.Pick(NicPrivateFlags.Get(Machine, name), Flag, item => item.Flag, "private flag", name);
        if (picked.Refusal is Refusal refusal)
        {
            Report(refusal, isWildcard);
            return;
        }

        if (Make(isWildcard, picked.Value.Select(item => Setting.Plan(Machine, name, item.Flag, On))) && PassThru)
        {
            Write(NamedSettings.Pick(NicPrivateFlags.Get(Machine, name), Flag, item => item.Flag, "private flag", name));
        }
    }
}
