namespace ZeptAdmin.Linux;

/// <summary>A request that the kernel, or a snapshot in its place, did not answer: who asked for what, of whom, and why not.</summary>
/// <remarks>A value, not an exception: a machine that lacks something is a normal machine.</remarks>
public sealed record Refusal
{
    /// <summary>Makes a refusal.</summary>
    /// <param name="errno">The kernel's error number.</param>
    /// <param name="operation">What was tried, as a verb phrase: "read the ring depths".</param>
    /// <param name="target">Of what: an interface name or a path.</param>
    public Refusal(Errno errno, string operation, string target)
    {
        Errno = errno;
        Operation = operation;
        Target = target;
    }

    /// <summary>The kernel's error number.</summary>
    public Errno Errno { get; }

    /// <summary>What was tried, as a verb phrase: "read the ring depths".</summary>
    public string Operation { get; }

    /// <summary>Of what: an interface name or a path.</summary>
    public string Target { get; }

    /// <summary>Capability that the request needs (CAP_NET_ADMIN, CAP_DAC_READ_SEARCH …), null when that is not the matter.</summary>
    public string? Capability { get; init; }

    /// <summary>Program that was asked and failed; null when it was the kernel.</summary>
    public string? Tool { get; init; }

    /// <summary>True when a change was refused because a snapshot cannot be changed.</summary>
    public bool IsOfSnapshot { get; init; }

    /// <summary>What else is known, as a sentence; null when nothing is.</summary>
    public string? Detail { get; init; }

    /// <summary>The refusal as one sentence.</summary>
    public string Reason
    {
        get
        {
            string capability = Errno.MeansForbidden() && Capability is not null ? $"; it needs {Capability}" : "";
            string detail = Detail is null ? "" : $" {Detail}";
            return Tool is not null
                ? $"Cannot {Operation} '{Target}'.{detail}"
                : $"Cannot {Operation} of '{Target}': {Errno.InWords()}{capability}.{detail}";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Reason;
}

/// <summary>The kernel refused, and the caller had asked for exactly this.</summary>
public class KernelException : Exception
{
    /// <summary>Makes the exception of a refusal.</summary>
    public KernelException(Refusal refusal) : base(refusal.Reason) => Refusal = refusal;

    /// <summary>What was refused.</summary>
    public Refusal Refusal { get; }

    /// <summary>The kernel's error number.</summary>
    public Errno Errno => Refusal.Errno;
}

/// <summary>A file or an answer that cannot be understood: says which, and where in it.</summary>
public sealed class KernelFormatException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">File or answer that cannot be understood.</param>
    /// <param name="problem">What is wrong with it, as a phrase.</param>
    /// <param name="line">Line in it, from 1; 0 where lines mean nothing.</param>
    public KernelFormatException(string source, string problem, int line = 0)
        : base(line > 0 ? $"{source}, line {line}: {problem}." : $"{source}: {problem}.")
    {
        SourceName = source;
        Line = line;
    }

    /// <summary>File or answer that cannot be understood.</summary>
    public string SourceName { get; }

    /// <summary>Line in it, from 1; 0 where lines mean nothing.</summary>
    public int Line { get; }
}
