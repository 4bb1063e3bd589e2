using System.Management.Automation;

namespace ZeptAdmin.Binding;

/// <summary>Hash fields of TCP, UDP and SCTP in ethtool's letters, which are lower case.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateFieldLettersAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        if (element is not string { Length: > 0 } text || text.AsSpan().ContainsAnyExcept("sdfn"))
        {
            throw new ValidationMetadataException($"'{element}' is not made of the letters s, d, f and n: sd are the addresses, sdfn the addresses and ports.");
        }
    }
}
