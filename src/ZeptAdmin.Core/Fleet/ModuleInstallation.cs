namespace ZeptAdmin.Fleet;

/// <summary>The module, or zept, on a sensor.</summary>
public sealed record ModuleInstallation
{
    /// <summary>The sensor, as ssh knows it.</summary>
    public string HostName { get; internal init; } = "";

    /// <summary>Where it is there.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>True when it was put there now; false when the same was there already.</summary>
    public bool IsNew { get; internal init; }

    /// <summary>Bytes that were sent; 0 when nothing was.</summary>
    public long Bytes { get; internal init; }

    /// <summary>SHA-256 of the archive, which the sensor reckoned again before it unpacked it.</summary>
    public string Checksum { get; internal init; } = "";
}
