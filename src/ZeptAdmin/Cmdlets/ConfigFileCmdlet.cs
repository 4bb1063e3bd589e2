using System.Management.Automation;
using ZeptAdmin.Changes;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>Base of the cmdlets that make a configuration file: they emit what they made, or write it where -Path says.</summary>
public abstract class ConfigFileCmdlet : ChangeCmdlet
{
    /// <summary>File to write.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Owner of the file, as root:adm; left out, that of the file before.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Owner { get; set; }

    /// <summary>Mode of the file in octal, as 0640; left out, that of the file before, else what is usual for such a file.</summary>
    [Parameter]
    [ValidatePattern("^0?[0-7]{3}$")]
    public string? Mode { get; set; }

    /// <summary>Writes a configuration to its file, or emits it where there is none.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="setting">The kind of file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="fileName">Its name below the folder that -Path is then; null where -Path is the file.</param>
    private protected void Emit(object config, ConfigFileSetting setting, string text, string? fileName = null)
    {
        if (Path is null || (MakeFile(setting, System.IO.Path.Combine(GetUnresolvedProviderPathFromPSPath(Path), fileName ?? ""), text) && PassThru))
        {
            WriteObject(config);
        }
    }

    private bool MakeFile(ConfigFileSetting setting, string path, string text)
    {
        FileOwner? owner = Owner is null ? null : FileOwner.Find(Machine.Files, Owner);
        if (Owner is not null && owner is null)
        {
            WriteError(new Refusal(Errno.ENOENT, "find the owner", Owner).ToErrorRecord());
            return false;
        }

        return Make(setting.Plan(Machine, path, text, Mode is null ? null : (UnixFileMode)Convert.ToInt32(Mode, 8), owner));
    }
}
