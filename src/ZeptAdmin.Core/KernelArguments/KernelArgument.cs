namespace ZeptAdmin.KernelArguments;

/// <summary>What becomes of an argument at the next boot.</summary>
public enum KernelArgumentChange
{
    /// <summary>It is the same then.</summary>
    None,

    /// <summary>It is not in force, and will be.</summary>
    Added,

    /// <summary>It is in force, and will not be.</summary>
    Removed,

    /// <summary>It will have another value.</summary>
    Changed,

    /// <summary>What the boot loader gives next cannot be read.</summary>
    Unknown,
}

/// <summary>One argument of the kernel command line: as it is in force, and as the boot loader will give it next.</summary>
public sealed record KernelArgument
{
    /// <summary>Name, as the kernel knows it: <c>isolcpus</c>, <c>intel_idle.max_cstate</c>.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Values on the running command line, in order; the empty text for an argument without a value.</summary>
    public string[] Running { get; internal init; } = [];

    /// <summary>Values that the boot loader gives next; empty when it gives none, or when that cannot be read.</summary>
    public string[] Next { get; internal init; } = [];

    /// <summary>What becomes of it at the next boot.</summary>
    public KernelArgumentChange Change { get; internal init; }

    /// <summary>File that says what comes next; null when none could be read.</summary>
    public string? NextFrom { get; internal init; }
}
