namespace ZeptAdmin.KernelArguments;

/// <summary>How much a finding of Test-KernelArgument matters.</summary>
public enum KernelArgumentVerdict
{
    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>It does not do what it seems to, or costs packets.</summary>
    Warn,

    /// <summary>It cannot be meant so: the kernel does not take it, or the machine is without CPUs for all else.</summary>
    Fail,
}

/// <summary>What is wrong with, or worth knowing of, an argument of the kernel command line.</summary>
public sealed record KernelArgumentFinding
{
    /// <summary>How much it matters.</summary>
    public KernelArgumentVerdict Severity { get; internal init; }

    /// <summary>The argument as it is written.</summary>
    public string Argument { get; internal init; } = "";

    /// <summary>Which command line it stands on: Running, Next, or Given.</summary>
    public string CommandLine { get; internal init; } = "";

    /// <summary>What is the matter, as a sentence.</summary>
    public string Problem { get; internal init; } = "";

    /// <summary>What to do; empty when nothing is to be done.</summary>
    public string Remedy { get; internal init; } = "";

    /// <summary>Row of the field's knowledge that it belongs to: <c>D5</c>.</summary>
    public string Row { get; internal init; } = "";

    /// <summary>Where the knowledge comes from.</summary>
    public string Reference { get; internal init; } = "";
}
