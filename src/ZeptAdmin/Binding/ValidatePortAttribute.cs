using System.Management.Automation;

namespace ZeptAdmin.Binding;

/// <summary>A port, or nothing: what a piped object leaves open is no mistake, as it is to ValidateRange.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidatePortAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is int and (< 0 or > 65535))
        {
            throw new ValidationMetadataException($"{arguments} is no port: 0 to 65535.");
        }
    }
}
