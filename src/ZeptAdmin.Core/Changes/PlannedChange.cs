using Newtonsoft.Json.Linq;

namespace ZeptAdmin.Changes;

/// <summary>A change that was thought out and not made yet.</summary>
/// <param name="Setting">What kind of setting.</param>
/// <param name="Target">Whose.</param>
/// <param name="Before">Value as it was read.</param>
/// <param name="After">Value wanted.</param>
public sealed record PlannedChange(Setting Setting, string Target, JToken Before, JToken After)
{
    /// <summary>True when there is nothing to do.</summary>
    public bool IsIdle => Setting.AreSame(Before, After);

    /// <summary>The change in words.</summary>
    public override string ToString() => Setting.Describe(Target, Before, After);
}
