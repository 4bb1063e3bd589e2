using System.Management.Automation;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Binding;

/// <summary>Picks settings by name: features, private flags.</summary>
internal static class NamedSettings
{
    /// <summary>The settings whose names match a pattern; a name without wildcards that the card has not is a refusal.</summary>
    /// <param name="settings">What the card has.</param>
    /// <param name="patterns">Names or wildcard patterns.</param>
    /// <param name="name">Name of a setting.</param>
    /// <param name="kind">What the settings are, for the refusal: "private flag".</param>
    /// <param name="interfaceName">Kernel name of the interface.</param>
    public static Answer<T[]> Pick<T>(Answer<T[]> settings, string[] patterns, Func<T, string> name, string kind, string interfaceName)
    {
        if (!settings.Try(out T[]? all))
        {
            return settings;
        }

        foreach (string pattern in patterns)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(pattern) && !Array.Exists(all, item => Is(name(item), pattern)))
            {
                return new Refusal(Errno.EOPNOTSUPP, $"read the {kind} '{pattern}'", interfaceName) { Detail = $"It has no {kind} of that name." };
            }
        }

        return Array.FindAll(all, item => Array.Exists(patterns, pattern => Is(name(item), pattern)));
    }

    private static bool Is(string name, string pattern) => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(name);
}
