using System.Management.Automation;

namespace ZeptAdmin.Binding;

/// <summary>A length of time of one second or more.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateSpanAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not TimeSpan span || span < TimeSpan.FromSeconds(1))
        {
            throw new ValidationMetadataException($"{arguments} is no length of time of one second or more.");
        }
    }
}
