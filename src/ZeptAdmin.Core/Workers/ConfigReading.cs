namespace ZeptAdmin.Workers;

/// <summary>One of a machine's own configurations, and what was found on it.</summary>
internal record ConfigReading
{
    /// <summary>Where it is; empty when there is none.</summary>
    public string Path { get; init; } = "";

    /// <summary>Why it could not be read; null when it was.</summary>
    public string? Problem { get; init; }

    /// <summary>What was found.</summary>
    public ConfigCheck[] Checks { get; init; } = [];
}
