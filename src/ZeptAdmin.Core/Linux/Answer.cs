using System.Diagnostics.CodeAnalysis;

namespace ZeptAdmin.Linux;

/// <summary>What the machine said: a value, or the refusal that stands in its place.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
public readonly struct Answer<T>
    where T : notnull
{
    private readonly T? _value;

    private Answer(T? value, Refusal? refusal)
    {
        _value = value;
        Refusal = refusal;
    }

    /// <summary>Why there is no value; null when there is one.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True when the machine gave a value.</summary>
    public bool IsKnown => Refusal is null;

    /// <summary>The value, or a <see cref="KernelException"/> for a caller who cannot go on without.</summary>
    /// <exception cref="KernelException">The machine refused.</exception>
    public T Value => Refusal is null ? _value! : throw new KernelException(Refusal);

    /// <summary>Gives the value when there is one.</summary>
    public bool Try([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return Refusal is null;
    }

    /// <summary>Turns the value into another, keeps a refusal.</summary>
    public Answer<TResult> Select<TResult>(Func<T, TResult> map)
        where TResult : notnull =>
        Refusal is null ? map(_value!) : Refusal;

    /// <summary>An answer that is a value.</summary>
    public static implicit operator Answer<T>(T value) => new(value, null);

    /// <summary>An answer that is a refusal.</summary>
    public static implicit operator Answer<T>(Refusal refusal) => new(default, refusal);
}
