using System.Management.Automation;

namespace ZeptAdmin.Binding;

/// <summary>A number of 16 bits (a port, a queue), or nothing: what a piped object leaves open is no mistake, as it is to ValidateRange.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateUInt16Attribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is int and (< 0 or > 65535))
        {
            throw new ValidationMetadataException($"{arguments} is out of range: 0 to 65535.");
        }
    }
}
