using ZeptAdmin.Changes;

namespace ZeptAdmin.Suricata;

/// <summary>A file of Suricata's configuration on the disk.</summary>
public sealed class SuricataConfigFileSetting : ConfigFileSetting
{
    /// <inheritdoc/>
    public override string Kind => "SuricataConfigFile";

    /// <inheritdoc/>
    protected override string Noun => "Suricata's configuration";
}
