namespace ZeptAdmin.Sensors;

/// <summary>How a check came out: of the audit, of a configuration, of memory, of a link.</summary>
public enum CheckSeverity
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>Costs packets under load, hides something that does, or is not what was meant.</summary>
    Warn,

    /// <summary>Loses packets, tears the two directions of a flow apart, or keeps a program from starting.</summary>
    Fail,

    /// <summary>The machine does not say; Actual tells why not.</summary>
    Unknown,

    /// <summary>There is nothing to check: no such device, or a virtual machine.</summary>
    NotApplicable,
}

/// <summary>What a <see cref="CheckSeverity"/> asks of the reader.</summary>
internal static class CheckSeverities
{
    /// <summary>True where something is to be done: Warn and Fail.</summary>
    public static bool IsFinding(this CheckSeverity severity) => severity is CheckSeverity.Warn or CheckSeverity.Fail;
}
