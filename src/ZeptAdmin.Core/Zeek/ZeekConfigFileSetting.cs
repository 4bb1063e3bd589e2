using ZeptAdmin.Changes;

namespace ZeptAdmin.Zeek;

/// <summary>A node.cfg or zeek.conf on the disk.</summary>
public sealed class ZeekConfigFileSetting : ConfigFileSetting
{
    /// <inheritdoc/>
    public override string Kind => "ZeekConfigFile";

    /// <inheritdoc/>
    protected override string Noun => "Zeek's configuration";
}
