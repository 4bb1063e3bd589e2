namespace ZeptAdmin.Fleet;

/// <summary>A sensor did not take what was to be installed.</summary>
public sealed class InstallationException : Exception
{
    /// <summary>Makes it.</summary>
    /// <param name="hostName">The sensor.</param>
    /// <param name="problem">Why, as ssh or the sensor told it.</param>
    /// <param name="isUnreachable">True when the sensor was not reached at all.</param>
    public InstallationException(string hostName, string problem, bool isUnreachable)
        : base($"{hostName}: {problem}")
    {
        HostName = hostName;
        IsUnreachable = isUnreachable;
    }

    /// <summary>The sensor.</summary>
    public string HostName { get; }

    /// <summary>True when the sensor was not reached at all.</summary>
    public bool IsUnreachable { get; }
}
