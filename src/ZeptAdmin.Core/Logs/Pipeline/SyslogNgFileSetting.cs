using ZeptAdmin.Changes;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>A file of syslog-ng's configuration on the disk. It may hold a token of the receiver, so a new one is not for everybody to read.</summary>
public sealed class SyslogNgFileSetting : ConfigFileSetting
{
    /// <inheritdoc/>
    public override string Kind => "SyslogNgConfigFile";

    /// <inheritdoc/>
    protected override string Noun => "syslog-ng's configuration";

    /// <inheritdoc/>
    protected override UnixFileMode NewMode => UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
}
