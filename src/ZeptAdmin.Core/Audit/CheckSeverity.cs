namespace ZeptAdmin.Audit;

/// <summary>How a check came out.</summary>
public enum CheckSeverity
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>Costs packets under load, or hides something that does.</summary>
    Warn,

    /// <summary>Loses packets, or tears the two directions of a flow apart.</summary>
    Fail,

    /// <summary>The machine does not say; Actual tells why not.</summary>
    Unknown,

    /// <summary>There is nothing to check: no such device, or a virtual machine.</summary>
    NotApplicable,
}
