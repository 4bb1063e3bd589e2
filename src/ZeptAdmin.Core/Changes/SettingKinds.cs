namespace ZeptAdmin.Changes;

/// <summary>All kinds of settings that can be changed, by their names in the journal.</summary>
public sealed class SettingKinds
{
    private readonly Dictionary<string, Setting> _kinds;

    /// <summary>Makes the table.</summary>
    public SettingKinds(params Setting[] kinds) => _kinds = kinds.ToDictionary(kind => kind.Kind, StringComparer.Ordinal);

    /// <summary>The kind of that name; null when this version of the module does not know it.</summary>
    public Setting? Find(string kind) => _kinds.GetValueOrDefault(kind);
}
